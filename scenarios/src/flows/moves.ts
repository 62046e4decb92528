/** What browsers do in flows, on the wire and in the manner of the legacy clients: their tags, metrics and flags. */
import { flags as flagBits, type FlagName, type MetricName, metrics } from 'proto/metrics'
import type { Node } from 'proto/node'
import { openingQueries } from 'web-client/opening'
import type { FlowStage } from './stage.ts'
import type { RawBrowser, RawCredentials } from '../raw-browser.ts'
import { AVAILABLE, query } from '../raw-story.ts'

export const AT_ALICE = "Alice's browser"
export const AT_BOB = "Bob's browser"
export const FIRST_BROWSER = 'first browser'
export const SECOND_BROWSER = 'second browser'

/** Sends a node with a metric and flags by name. */
export function sayNode(
  browser: RawBrowser,
  node: Node,
  metric: MetricName,
  flags: readonly FlagName[] = ['IGNORE'],
  tag?: string,
): string {
  const bits = flags.reduce((sum, flag) => sum | flagBits[flag], 0)
  return browser.sayNode(node, tag, metrics[metric], bits)
}

/** The six frames with which a legacy client begins when it is open (spec 9.2). */
export function askAsOpened(browser: RawBrowser): void {
  for (const { type, kind } of openingQueries) sayNode(browser, query(type), kind.metric, kind.flags)
  sayNode(browser, AVAILABLE, 'PRESENCE', ['IGNORE', 'AVAILABLE'])
}

/** A browser that has paired with Alice, asked what clients ask, and has the whole initial sync. */
export async function openBrowser(stage: FlowStage, name: string, phone = stage.alice): Promise<RawBrowser> {
  const browser = await stage.connect(name)
  await browser.pair(phone)
  askAsOpened(browser)
  await stage.world.pass(1_000)
  return browser
}

/** The keys of a browser of Alice that was open and has gone. */
export async function keptFrom(stage: FlowStage): Promise<RawCredentials> {
  const browser = await openBrowser(stage, 'an earlier connection')
  browser.close()
  await stage.world.pass(1_000)
  return browser.credentials!
}
