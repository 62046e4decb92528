/** What is allowed before a login or an attachment, and for how long somebody may be silent. */
import { limit } from 'proto/limits'
import { binary, text } from '../raw-frame.ts'
import { INIT } from '../raw-pair.ts'
import type { CaseClass, Counts, SocketCase, Start, Step } from '../socket-case.ts'

const closed = (does: string, from: Start, code: number, counts: Counts, ...writes: Step[]): SocketCase => ({
  does,
  from,
  writes,
  back: { close: code },
  counts,
})
const hearing = (row: SocketCase, ...hears: RegExp[]): SocketCase => ({
  ...row,
  back: { ...row.back, hears },
})
const json = (message: object): Buffer => text(JSON.stringify(message))

const frames = limit('BROWSER_EARLY_FRAMES')
const one = binary('tag,x')
const nonce = Buffer.alloc(32).toString('base64')
const signature = Buffer.alloc(64).toString('base64')
const REF = /^text 1\.--0,\{"status":200/
const REFUSED = /^text \{"type":"refused"/
const BEAT = /^text \{"type":"heartbeat"\}$/
const attach = { type: 'attach', version: 1, number: '15550000000', nonce, signature }

export const early: CaseClass = {
  title: 'Before the login, and silence',
  policy: 'little, and not for long; a phone that says anything wrong before it is attached is gone, one that is attached is told or not heard',
  cases: [
    { does: 'sends BROWSER_EARLY_FRAMES binary messages before its login', from: 'browser', writes: [Buffer.concat(Array.from({ length: frames }, () => one))], back: { goesOn: true }, counts: { 'drops notLoggedIn': frames } },
    closed('sends one more', 'browser', 1008, { 'drops notLoggedIn': frames, 'errors TETHER_ERR_LIMIT': 1, 'limits BROWSER_EARLY_FRAMES': 1 }, Buffer.concat(Array.from({ length: frames + 1 }, () => one))),
    { does: 'keeps itself alive oftener than that', from: 'browser', writes: [Buffer.concat(Array.from({ length: frames + 1 }, () => text('?,,')))], back: { hears: Array.from({ length: frames + 1 }, () => /^text !\d+$/), goesOn: true } },
    { does: 'sends text without a comma', from: 'browser', writes: [text('hello')], back: { goesOn: true }, counts: { 'errors TETHER_ERR_FRAME_TAG': 1 } },
    { does: 'sends text that is no JSON', from: 'browser', writes: [text('tag,{')], back: { goesOn: true }, counts: { 'errors TETHER_ERR_FRAME_JSON': 1 } },
    closed('never sends init', 'browser', 4408, { 'errors TETHER_ERR_IDLE': 1, 'limits BROWSER_INIT_MS': 1 }, { passMs: limit('BROWSER_INIT_MS') }),
    { does: 'shows a code and is silent', from: 'browser', writes: [text(INIT), { then: 'heard' }, { passMs: limit('BROWSER_INIT_MS') }], back: { hears: [REF], goesOn: true } },
    hearing(closed('shows a code that is over and is silent', 'browser', 4408, { 'errors TETHER_ERR_IDLE': 1, 'limits BROWSER_IDLE_MS': 1 }, text(INIT), { then: 'heard' }, { passMs: 2 * limit('BROWSER_IDLE_MS') }), REF),
    { does: 'sends a message without a tag while it relays', from: 'paired', writes: [binary('no comma')], back: { goesOn: true }, counts: { 'drops malformed': 1, 'errors TETHER_ERR_FRAME_TAG': 1 } },
    closed('never attaches', 'link', 4401, { 'limits PHONE_ATTACH_MS': 1 }, { passMs: limit('PHONE_ATTACH_MS') }),
    { does: 'beats before it attaches', from: 'link', writes: [json({ type: 'heartbeat' })], back: { goesOn: true } },
    closed('sends a message before it attaches', 'link', 1008, { 'errors TETHER_ERR_STATE': 1 }, json({ type: 'taken', seq: 1 })),
    closed('relays before it attaches', 'link', 1008, { 'errors TETHER_ERR_STATE': 1 }, binary(new Uint8Array(20))),
    closed('sends text that is no JSON before it attaches', 'link', 1008, { 'errors TETHER_ERR_BODY': 1 }, text('{')),
    closed('sends an empty text before it attaches', 'link', 1008, { 'errors TETHER_ERR_BODY': 1 }, text('')),
    hearing(closed('attaches in version 2', 'link', 4400, { 'errors TETHER_ERR_VERSION': 1 }, json({ ...attach, version: 2 })), REFUSED),
    hearing(closed('attaches with a wrong signature', 'link', 4401, { 'errors TETHER_ERR_PHONE_AUTH': 1 }, json(attach)), REFUSED),
    hearing(closed('attaches as somebody unknown', 'link', 4401, { 'errors TETHER_ERR_PHONE_AUTH': 1 }, json({ ...attach, number: '19990000000' })), REFUSED),
    { does: 'attaches twice', from: 'attached', writes: [json(attach)], back: { goesOn: true }, counts: { 'errors TETHER_ERR_STATE': 1 } },
    { does: 'sends text that is no JSON', from: 'attached', writes: [text('{')], back: { goesOn: true }, counts: { 'errors TETHER_ERR_BODY': 1 } },
    { does: 'relays too short a header', from: 'attached', writes: [binary(new Uint8Array(11))], back: { goesOn: true }, counts: { 'drops malformed': 1, 'errors TETHER_ERR_BODY': 1 } },
    hearing(closed('is silent once it is attached', 'attached', 4408, { 'errors TETHER_ERR_IDLE': 1, 'limits PHONE_HEARTBEAT_MS': 1 }, { passMs: 3 * limit('PHONE_HEARTBEAT_MS') }), BEAT),
  ],
} // prettier-ignore
