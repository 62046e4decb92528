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

/** Brings it back; it has attached and told the server what it has to. */
export async function bringBack(world: World, phone: Phone): Promise<void> {
  phone.setDevice({ network: 'wifi' })
  await world.until(() => phone.status().state === 'online', { withinMs: 60_000 })
}
