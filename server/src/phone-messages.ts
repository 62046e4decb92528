/**
 * What a phone may say once attached: one handler for each message of proto/phone-link that comes from phones.
 * Handlers throw TetherErrors; a request is then answered with the code, anything else is counted.
 */
import { parseBase64 } from 'proto/base64'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { LinkBody, LinkMessage, LinkMessageName } from 'proto/phone-link'
import type { Context } from './context.ts'
import { directoryHandlers } from './directory-messages.ts'
import { groupHandlers } from './group-messages.ts'
import { LimitMet } from './limit-met.ts'
import type { AttachedPhone } from './peers.ts'
import type { Services } from './services.ts'
import type { StoredPrekey } from './stores.ts'

type Handler<N extends LinkMessageName> = (
  body: LinkBody<N>,
  phone: AttachedPhone,
  context: Context,
  services: Services,
) => Promise<void> | void

type FromPhone =
  | 'device'
  | 'publish'
  | 'bundle'
  | 'lookRef'
  | 'claimRef'
  | 'unpair'
  | 'pong'
  | 'push'
  | 'resume'
  | 'presence'
  | 'mail'
  | 'taken'
  | 'mediaAuth'
  | keyof typeof directoryHandlers
  | keyof typeof groupHandlers

const handlers: { readonly [N in FromPhone]: Handler<N> } = {
  ...directoryHandlers,
  ...groupHandlers,

  async device({ facts }, phone, { stores }, services) {
    if (await stores.accounts.saveFacts(phone.owner, facts)) services.probes.deviceChanged(phone, facts)
  },

  async publish({ id, signedPrekey, prekeys }, phone, { stores, clock, counters }) {
    const keys = {
      ...(signedPrekey && {
        signedPrekey: { ...keyOf(signedPrekey), signature: parseBase64(signedPrekey.signature) },
      }),
      prekeys: prekeys.map(keyOf),
      at: clock.now(),
    }
    const stock = await stores.prekeys.publish(phone.owner, keys).catch((error: unknown) => {
      if (error instanceof LimitMet) counters.add('limits', error.limit)
      throw error
    })
    phone.reply(id, { stock })
  },

  async bundle({ id, number }, phone, _context, services) {
    phone.reply(id, await services.bundles.claim(phone.number, number))
  },

  lookRef({ id, ref, clientId }, phone, context, services) {
    const browser = withMood(services, { ref, clientId }, () => {
      const waitMs = services.lookups.take(phone.number, context.clock.now())
      if (waitMs > 0) {
        context.counters.add('limits', 'REF_LOOKUPS_PER_MINUTE')
        throw new TetherError('TETHER_ERR_LIMIT', 'REF_LOOKUPS_PER_MINUTE')
      }
      const shown = services.relay.browsers.get(services.pairing.look(ref, clientId))
      if (!shown) throw new TetherError('TETHER_ERR_REF_UNKNOWN')
      return shown
    })
    phone.reply(id, {
      browser: [...browser.browserName],
      version: [...browser.version],
      address: browser.facts.address,
      userAgent: browser.facts.userAgent,
      connectedAt: browser.connectedAt,
      phoneAddress: phone.facts.address,
    })
  },

  async claimRef({ id, ref, clientId, secret }, phone, _context, services) {
    const pairing = services.logins.pair(phone, { ref, clientId, secret })
    const { begin, ...paired } = await pairing.catch((error: unknown) => {
      services.moods.refused(error, ref, clientId)
      throw error
    })
    services.moods.paired()
    phone.reply(id, paired)
    begin()
  },

  async unpair({ id, login }, phone, _context, services) {
    await services.logins.unpair(phone.number, login)
    phone.reply(id, {})
  },

  pong({ probe }, phone, _context, services) {
    services.probes.answered(phone, probe)
  },

  push({ connection, body }, phone, _context, services) {
    const browser = services.relay.browsers.get(connection)
    if (browser?.opening?.number !== phone.number) return
    browser.fromPhone += 1
    browser.push(body)
  },

  resume({ connection, epoch, received }, phone, _context, services) {
    services.relay.resume(phone, connection, epoch, received)
  },

  async presence({ state, to, by }, phone, _context, services) {
    await services.presence.say(phone.number, {
      state,
      ...(to === undefined ? {} : { to }),
      ...(by === undefined ? {} : { by }),
    })
  },

  async mail({ n, to, mail, kind, body }, phone, { clock }, services) {
    await services.mailboxes.deposit(phone, { n, to, mail, kind, body: parseBase64(body), at: clock.now() })
  },

  mediaAuth({ id }, phone, { clock }, services) {
    const auth = services.media.auth.grant(phone.number, clock.now())
    phone.reply(id, { auth, ttlS: limit('MEDIA_AUTH_MS') / 1000 })
  },

  async taken({ seq }, phone, _context, services) {
    await services.mailboxes.take(phone, seq)
  },
}

/** Runs the handler of a message. Rejects with the handler's error; TETHER_ERR_STATE when phones may not say this. */
export async function handleLinkMessage(
  phone: AttachedPhone,
  message: LinkMessage,
  context: Context,
  services: Services,
): Promise<void> {
  if (!Object.hasOwn(handlers, message.type)) throw new TetherError('TETHER_ERR_STATE', message.type)
  const handle = handlers[message.type as FromPhone] as Handler<LinkMessageName>
  await handle(message, phone, context, services)
}

/** Counts the mood of an attempt to pair that `look` ends. */
function withMood<R>(
  { moods }: Services,
  { ref, clientId }: { readonly ref: string; readonly clientId: string },
  look: () => R,
): R {
  try {
    return look()
  } catch (error) {
    moods.refused(error, ref, clientId)
    throw error
  }
}

function keyOf({ id, key }: { id: number; key: string }): StoredPrekey {
  return { id, key: parseBase64(key) }
}
