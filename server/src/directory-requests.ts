/**
 * What a browser asks about persons, answered from the server's directory without any phone (spec 12, 15). A person
 * who has blocked the asker is hidden: 401. What is not there: 404.
 */
import type { BrowserBody } from 'proto/browser-messages'
import { type Call, HIDDEN, isGroup, numberOf, openingOf, refusalFor, UNKNOWN } from './browser-call.ts'
import type { Output } from './outputs.ts'
import { pictureUrl } from './picture-address.ts'

type Answered = Promise<readonly Output[]>

/** Is this number registered? `biz` for those with a business profile. */
export async function exist({ body, context }: Call): Answered {
  const number = numberOf(body[2])
  const account = number === null ? null : await context.stores.accounts.find(number)
  if (!account) return [UNKNOWN]
  const business = await context.stores.profiles.business(account.number)
  return [{ answer: { status: 200, jid: `${account.number}@c.us`, ...(business && { biz: true }) } }]
}

/** Of a person, or of a group for its members. */
export async function pictureAddress(call: Call): Answered {
  const { browser, body, context, services } = call
  const find = async (of: string): Promise<object | null> => {
    const picture = await context.stores.profiles.picture(of)
    return picture && { eurl: pictureUrl(picture.key, browser.facts, context.config), tag: picture.tag }
  }
  if (!isGroup(body[2])) return askAbout(call, 2, find)
  try {
    await services.groups.facts(openingOf(call).number, body[2])
  } catch (error) {
    return [refusalFor(error)]
  }
  const answer = await find(body[2])
  return [answer ? { answer } : UNKNOWN]
}

/** Here `status` of a good answer is the text itself. */
export async function aboutText(call: Call): Answered {
  return askAbout(call, 2, async (number) => {
    const status = await call.context.stores.profiles.about(number)
    return status === null ? null : { status }
  })
}

/** Older clients ask once instead of subscribing. */
export async function lastSeen(call: Call): Answered {
  return askAbout(call, 3, async (number) => {
    const at = await call.services.presence.lastSeen(number)
    return at === null ? null : { t: Math.floor(at / 1000) }
  })
}

/** Public: what a business says of itself is for everyone. Those without a profile are left out. */
export async function businessProfile({ body, context }: Call): Answered {
  const [, , asked] = body as BrowserBody<'businessProfile'>
  const found = await Promise.all(
    asked.map(async ({ wid }) => {
      const number = numberOf(wid)
      const profile = number === null ? null : await context.stores.profiles.business(number)
      return profile && { wid: `${number}@c.us`, profile }
    }),
  )
  const profiles = found.filter((each) => each !== null)
  return [profiles.length > 0 ? { answer: { status: 200, profiles } } : UNKNOWN]
}

/** Catalogues and orders are not part of this server; nobody has any. */
export function noBusiness(): readonly Output[] {
  return [UNKNOWN]
}

/** Asks about the person that item `at` of the body names, unless hidden from the asker. */
async function askAbout(call: Call, at: number, find: (number: string) => Promise<object | null>): Answered {
  const number = numberOf(call.body[at])
  if (number === null) return [UNKNOWN]
  if (await call.context.stores.profiles.blocks(number, openingOf(call).number)) return [HIDDEN]
  const answer = await find(number)
  return [answer === null ? UNKNOWN : { answer }]
}
