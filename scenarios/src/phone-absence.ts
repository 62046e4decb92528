/** Takes a phone off the network in such a way that the server knows it too: what is said later finds nobody. */
import type { World } from 'harness'
import type { Phone } from 'phone-sim/phone'

export async function takeOffline(world: World, phone: Phone): Promise<void> {
  const lost = () =>
    world.transcript.entries.filter(
      ({ hop, way }) => hop.near === 'server' && hop.kind === 'phone-server' && way === 'close',
    ).length
  const before = lost()
  phone.setDevice({ network: 'none' })
  await world.until(() => phone.status().state === 'offline' && lost() > before)
}
