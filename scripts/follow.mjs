/**
 * Follows one message through the logs of server and phones, written at TETHER_LOG_LEVEL=debug: node scripts/follow.mjs
 * ID LOGFILE... ID is the id of a message, or an `m` of a line. Prints each hop in the order of time. Of a message that
 * goes to several phones each hop says which leg it is of, and each leg has a line at the end that says how far it came.
 * Lines without JSON are passed over. Ends with 1 when there is no hop.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** What is in every line and tells nothing about the hop. */
const COMMON = new Set(['m', 'as', 'level', 'pid', 'hostname'])
/** How far a leg has come, by the words of the lines; the last of these that is there counts. */
const PLACES = {
  'mail.queued': 'waits at the phone of the sender',
  'mail.sent': 'on its way to the server',
  'mail.refused': 'refused by the server',
  'mail.stored': 'at the server',
  'mail.pushed': 'on its way to the phone of the reader',
  'mail.taken': 'taken by the phone of the reader, which cannot read it yet or at all',
  'message.stored': 'at the phone of the reader',
  'receipt.stored': 'at the phone of the reader, and the sender knows',
}

const [id, ...files] = process.argv.slice(2)
if (!id || files.length === 0) {
  console.error('usage: npm run follow -- ID LOGFILE...')
  process.exit(2)
}
const wanted = /^[0-9a-f]{16}$/.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 16)

const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n').flatMap(parse))
const own = lines.filter(({ m }) => m === wanted)
// its mail and its frames go by names of their own, which the lines about both tie to it
const ids = new Set([wanted, ...own.flatMap(({ as }) => as ?? [])])
const hops = lines.filter(({ m, as }) => ids.has(m) || ids.has(as)).sort((a, b) => a.time - b.time)
const legs = legsOf(own)

for (const hop of hops) {
  const { time, name, msg, ...rest } = hop
  const facts = Object.entries(rest).flatMap(([key, value]) => (COMMON.has(key) ? [] : [` ${key}=${value}`]))
  const leg = legs.size > 1 ? `${legOf(hop) ? `leg ${legOf(hop)}` : ''}`.padEnd(7) : ''
  console.log(
    `${new Date(time).toISOString()} ${(name ?? '').padEnd(6)} ${leg}${msg.padEnd(15)}${facts.join('')}`,
  )
}
if (legs.size > 1) printLegs()
if (hops.length === 0) {
  console.error('no hop; are the logs of level debug?')
  process.exitCode = 1
}

/**
 * The number of the leg by what names it: a mail to one reader, the phone that stored it, the receipt from there, and the
 * frames to its browsers. Names are hashes but for `phone N`.
 */
function legsOf(about) {
  const mails = about.filter(({ msg, as }) => msg === 'mail.queued' && as).map(({ as }) => as)
  const found = new Map([...new Set(mails)].map((mail, at) => [mail, at + 1]))
  const count = found.size
  for (const { msg, as, phone } of about)
    if (msg === 'message.stored' && found.has(as)) found.set(`phone ${phone}`, found.get(as))
  for (const { as, phone } of about)
    if (as && !found.has(as) && found.has(`phone ${phone}`)) found.set(as, found.get(`phone ${phone}`))
  return { size: count, get: (name) => found.get(name) }
}

function legOf({ m, as, phone }) {
  return legs.get(as) ?? legs.get(m) ?? legs.get(`phone ${phone}`)
}

/** The server has a line for what it does not store, too. */
function placeOf({ msg, result = 'stored' }) {
  const isHere = result === 'stored' || result === 'duplicate'
  return msg === 'mail.stored' && !isHere ? 'mail.refused' : msg
}

function printLegs() {
  const planned = own.find(({ msg }) => msg === 'message.legs')?.n ?? legs.size
  console.log()
  for (let leg = 1; leg <= legs.size; leg += 1) {
    const its = hops.filter((hop) => legOf(hop) === leg)
    const words = new Set(its.map(placeOf))
    const place = Object.entries(PLACES).findLast(([word]) => words.has(word))?.[1]
    const readers = its.filter(({ msg }) => msg === 'message.stored').map(({ phone }) => phone)
    const shown = its.filter(({ msg, phone }) => msg === 'frame.out' && phone !== undefined)
    const browsers = [...new Set(shown.map(({ connection }) => connection))]
    const facts = [
      ...readers.map((phone) => `phone=${phone}`),
      ...(browsers.length > 0 ? [`told connection ${browsers.join(', ')}`] : []),
    ]
    console.log(`leg ${leg}: ${[place, ...facts].join(', ')}`)
  }
  if (planned > legs.size) console.log(`${planned - legs.size} more not encrypted yet`)
}

/** A line with a causal id, in an array; none for any other. */
function parse(line) {
  try {
    const value = JSON.parse(line)
    return typeof value?.m === 'string' && typeof value.msg === 'string' ? [value] : []
  } catch {
    return []
  }
}
