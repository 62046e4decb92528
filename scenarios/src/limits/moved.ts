/**
 * Loaded before a test (`node --import`): makes the product wrong at one limit, so that the test must notice.
 *
 *   TETHER_MOVED_LIMIT='MAIL_BYTES 1'        the product reads the limit larger by so much; tests read the true value
 *   TETHER_FORGOTTEN_CELL='limits MAIL_BYTES'  relay and phones forget to count what they count under this family and label
 */
import { type LimitName, limits } from 'proto/limits'
import { type Cell, Meters } from 'proto/meters'

/** Everything else (tests, stories, the harness) asks for the true value. */
const PRODUCT = /\/(proto|server|phone-sim|web-client|database)\/dist\/src\//
const LIMITS = /\/proto\/dist\/src\/limits\.js$/
/** The getter, `limit()`, and who asks. */
const FRAMES = 3

/** Moves one limit for the product. */
export function moveLimit(name: LimitName, by: number): void {
  const { value } = limits[name]
  Object.defineProperty(limits[name], 'value', { get: () => (isProduct(asker()) ? value + by : value) })
}

/** Any counter by its name, as text. */
interface AnyCell {
  cell(family: string, label: string): Cell
}

/** What relay or phones count under this name is lost from now on. */
export function forgetCell(family: string, label: string): void {
  const counters = Meters.prototype as unknown as AnyCell
  const { cell } = counters
  counters.cell = function (this: AnyCell, ...of) {
    return of[0] === family && of[1] === label ? { value: 0 } : cell.apply(this, of)
  }
}

function isProduct(file: string): boolean {
  return PRODUCT.test(file)
}

/** The file that has asked for a limit. */
function asker(): string {
  const { prepareStackTrace, stackTraceLimit } = Error
  Error.stackTraceLimit = FRAMES
  Error.prepareStackTrace = (_, sites) => sites.map((site) => site.getFileName() ?? '')
  const holder: { stack?: unknown } = {}
  Error.captureStackTrace(holder, asker)
  const files = holder.stack as readonly string[]
  Object.assign(Error, { prepareStackTrace, stackTraceLimit })
  // the first is the getter below this file
  return files.slice(1).find((file) => !LIMITS.test(file)) ?? ''
}

const { TETHER_MOVED_LIMIT: moved, TETHER_FORGOTTEN_CELL: forgotten } = process.env
if (moved) {
  const [name = '', by] = moved.split(' ')
  moveLimit(name as LimitName, Number(by))
}
if (forgotten) {
  const [family = '', label = ''] = forgotten.split(' ')
  forgetCell(family, label)
}
