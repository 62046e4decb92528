/**
 * What must hold in a world at every moment, whatever happens in it: each frame that a phone sends to a browser is
 * covered by a consent that lives in that moment, and no tick ever goes back.
 */
import type { World } from 'harness'
import type { Phone } from 'phone-sim/phone'
import { decodeRelayFrame } from 'proto/phone-link'
import type { Client } from 'web-client'

const STEPS: readonly string[] = ['pending', 'server', 'delivered', 'read', 'played']

export interface Watch {
  /** What was broken so far. */
  readonly breaches: readonly string[]
  /** Looks at the ticks of everybody. */
  lookAtTicks(
    phones: readonly Phone[],
    browsers: Iterable<readonly [string, Client]>,
    chat: (who: string) => string,
  ): void
  stop(): void
}

export function watchWorld(world: World): Watch {
  const breaches: string[] = []
  /** Which login a connection of the server is of, as its phone was told. */
  const logins = new Map<string, string>()
  const ticks = new Map<string, number>()
  let frames = 0

  const stop = world.faults.observe(({ hop, way, frame }) => {
    if (hop.kind !== 'phone-server' || hop.near === 'server' || frame === undefined) return
    const number = hop.near.replace('phone:', '')
    if (typeof frame === 'string') {
      if (way === 'in' && frame.includes('"type":"browser"')) noteOpening(number, frame)
    } else if (way === 'out') {
      frames += 1
      assertCovered(number, decodeRelayFrame(frame).header)
    }
  })

  function noteOpening(number: string, text: string): void {
    const { type, connection, epoch, login } = JSON.parse(text) as Record<string, string | number>
    if (type === 'browser') logins.set(`${number} ${connection} ${epoch}`, String(login))
  }

  function assertCovered(number: string, { connection, epoch }: { connection: number; epoch: number }): void {
    const login = logins.get(`${number} ${connection} ${epoch}`)
    const consent = world
      .phone(number)
      .companions()
      .find(({ id }) => id === login)
    const now = world.clock.now()
    if (login === undefined || !consent)
      breaches.push(`frame ${frames} of ${number} goes to a browser it does not know`)
    else if (consent.expiresAt !== null && consent.expiresAt <= now)
      breaches.push(`frame ${frames} of ${number} goes to a browser whose time is over`)
  }

  function look(viewer: string, id: string, status: string | null): void {
    if (status === null || status === 'failed') return // of a revoked browser; a person may try again
    const step = STEPS.indexOf(status)
    const key = `${viewer} ${id}`
    if (step < (ticks.get(key) ?? 0)) breaches.push(`a tick of ${key} went back to ${status}`)
    ticks.set(key, Math.max(step, ticks.get(key) ?? 0))
  }

  return {
    breaches,
    lookAtTicks(phones, browsers, chat) {
      for (const phone of phones) {
        for (const { id, fromMe, status } of phone.messages(chat(phone.number), 500))
          if (fromMe) look(`phone ${phone.number}`, id, status)
      }
      for (const [place, client] of browsers) {
        const { me } = client
        if (!me) continue
        for (const { id, fromMe, status } of client.messages(chat(me.jid.split('@')[0])))
          if (fromMe) look(`browser ${place}`, id, status)
      }
    },
    stop,
  }
}
