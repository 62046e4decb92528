/**
 * Follows one message through the logs of server and phones, written at TETHER_LOG_LEVEL=debug: node scripts/follow.mjs
 * ID LOGFILE... ID is the id of a message, or an `m` of a line. Prints each hop in the order of time. Lines without
 * JSON are passed over. Ends with 1 when there is no hop.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** What is in every line and tells nothing about the hop. */
const COMMON = new Set(['m', 'as', 'level', 'pid', 'hostname'])

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
for (const { time, name, msg, ...rest } of hops) {
  const facts = Object.entries(rest).flatMap(([key, value]) => (COMMON.has(key) ? [] : [` ${key}=${value}`]))
  console.log(`${new Date(time).toISOString()} ${(name ?? '').padEnd(6)} ${msg.padEnd(15)}${facts.join('')}`)
}
if (hops.length === 0) {
  console.error('no hop; are the logs of level debug?')
  process.exitCode = 1
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
