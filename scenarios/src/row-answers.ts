/**
 * Every row of what a browser may ask, asked of a real server and phone: with bodies that fit it, which get an answer
 * of the row's shape or a refusal, and with bodies that nearly do, which get a refusal and never silence (spec 15, 17.6).
 */
import fc from 'fast-check'
import { fitNode, fitRequest, nodeNames, requestNames, unfitNode, unfitRequest } from 'fuzz/unfit-bodies'
import type { BrowserMessageName, NodeMessageName, RequestName } from 'proto/browser-messages'
import { answerCheckerOf } from 'proto/message-checkers'
import type { Node } from 'proto/node'
import { openFrame } from 'proto/seal'
import { jsonOf, type RawBrowser, type Received } from './raw-browser.ts'

/** Ends the connection instead of answering. */
const UNANSWERED: ReadonlySet<BrowserMessageName> = new Set<RequestName>(['logout'])
const LONGEST_MS = 60_000

export interface RowCase {
  readonly row: BrowserMessageName
  readonly kind: 'fits' | 'unfit'
  readonly body: unknown
  /** Sends it; gives the tag. */
  readonly say: (browser: RawBrowser) => string
}

/** So many cases of each kind for each row, drawn from a seed. */
export function* rowCases(cases: number, seed: number): Generator<RowCase> {
  const draw = { numRuns: cases, seed }
  for (const row of requestNames) {
    if (!UNANSWERED.has(row))
      for (const body of fc.sample(fitRequest(row), draw)) yield jsonCase(row, 'fits', body)
    for (const body of fc.sample(unfitRequest(row), draw)) yield jsonCase(row, 'unfit', body)
  }
  for (const row of nodeNames) {
    for (const node of fc.sample(fitNode(row), draw)) yield nodeCase(row, 'fits', node)
    for (const node of fc.sample(unfitNode(row), draw)) yield nodeCase(row, 'unfit', node)
  }
}

function jsonCase(row: RequestName, kind: RowCase['kind'], body: unknown): RowCase {
  return { row, kind, body, say: (browser) => browser.say(body) }
}

function nodeCase(row: NodeMessageName, kind: RowCase['kind'], body: Node): RowCase {
  return { row, kind, body, say: (browser) => browser.sayNode(body) }
}

/** What is wrong with the answer; null when it is as it must be. */
export async function faultIn({ row, kind, say }: RowCase, browser: RawBrowser): Promise<string | null> {
  const tag = say(browser)
  let received: Received
  try {
    received = await browser.answer(tag, LONGEST_MS)
  } catch {
    return browser.closed ? `the connection ended: ${browser.closed.reason}` : 'silence'
  }
  const answer = readAnswer(received, browser)
  const status = statusIn(answer)
  if (kind === 'unfit') return status === 400 || status === 404 ? null : `answered ${describe(answer)}`
  const isRefusal = status !== null && status >= 300 && status < 500
  return isRefusal || answerCheckerOf(row)(answer) ? null : `answered ${describe(answer)}`
}

function readAnswer({ frame }: Received, browser: RawBrowser): unknown {
  return typeof frame === 'string'
    ? jsonOf(frame)
    : openFrame(frame, browser.credentials!, { from: 'server' }).node
}

function statusIn(answer: unknown): number | null {
  const status =
    typeof answer === 'object' && answer !== null ? (answer as { status?: unknown }).status : null
  return typeof status === 'number' ? status : null
}

function describe(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 300)
}
