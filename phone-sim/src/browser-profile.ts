/** Changes of profile, picture and block list made in a browser (spec 14.4), and of a business profile (15). */
import { utf8Text } from 'proto/bytes'
import type { Node } from 'proto/node'
import { findGroupJid, findPersonJid, numberOf } from './addresses.ts'
import type { ActionHandler, Answer, RequestParts } from './browser-answer.ts'
import { status } from './browser-answer.ts'

const OK = status(200)
const NAME_LENGTH = 100

export const about: ActionHandler = async ({ content }, { browser }, { profile }) => {
  const text = textOf(content)
  if (text === null) return status(400)
  await profile.setAbout(text, browser)
  return OK
}

/** Answered first: the client takes its name from the answer, and a Conn before it would be news (spec 14.4). */
export const name: ActionHandler = ({ attrs }, { answerLater }, { profile }) => {
  const pushname = attrs['name'] ?? ''
  if (pushname === '' || pushname.length > NAME_LENGTH) return status(400)
  answerLater({ json: { status: 200, pushname } })
  profile.rename(pushname)
  return 'later'
}

/** Of oneself or of a group; `delete`, or nothing in it, removes. */
export const picture: ActionHandler = async ({ attrs, content }, { browser }, { profile, account }) => {
  const person = findPersonJid(attrs['jid'])
  const group = findGroupJid(attrs['jid'])
  if (person === null && group === null) return status(404)
  if (person !== null && numberOf(person) !== account.number) return status(403)
  const image = bytesIn(content, 'image')
  const preview = bytesIn(content, 'preview')
  const removes = attrs['type'] === 'delete' || (image === null && preview === null)
  if (!removes && image === null) return status(400)
  const change = removes ? null : { image: image!, ...(preview && { preview }) }
  const { tag, url } = group
    ? await profile.setPicture(group, change, browser)
    : await profile.setOwnPicture(change, browser)
  return url === null ? OK : { json: { status: 200, eurl: url, tag } }
}

/** The whole list is pushed after the answer: a client adds to its own list when it is answered (spec 6). */
export const block: ActionHandler = async ({ attrs, content }, { answerLater }, { profile }) => {
  const jids = (Array.isArray(content) ? content : []).map((user) => findPersonJid(user.attrs['jid']))
  if ((attrs['type'] !== 'add' && attrs['type'] !== 'remove') || jids.length === 0) return status(400)
  const known = jids.filter((jid) => jid !== null)
  if (known.length < jids.length) return status(404)
  await profile.block(known, attrs['type'] === 'add')
  answerLater(OK)
  profile.tellBlockedSoon()
  return 'later'
}

/** `v` is the version of the request, no part of the profile. */
export async function editBusinessProfile(
  body: readonly unknown[],
  { profile }: RequestParts,
): Promise<Answer> {
  const { v: _version, ...edited } = body[2] as Record<string, unknown>
  await profile.setBusiness(edited)
  return OK
}

function textOf(content: Node['content']): string | null {
  if (typeof content === 'string') return content
  return content instanceof Uint8Array ? utf8Text(content) : null
}

function bytesIn(content: Node['content'], tag: string): Uint8Array | null {
  const child = Array.isArray(content) ? content.find((each) => each.tag === tag) : undefined
  return child?.content instanceof Uint8Array ? child.content : null
}
