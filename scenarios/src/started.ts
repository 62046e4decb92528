/** `npm start` as a story runs it: both programs on free ports with data of their own, found by the ready file. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

export const SCRIPT = fileURLToPath(new URL('../../../scripts/start.mjs', import.meta.url))
const READY_MS = 60_000

export interface Started {
  readonly process: ChildProcess
  readonly output: () => string
  readonly exit: Promise<number | null>
}

export interface Urls {
  readonly serverUrl: string
  readonly phonesUrl: string
  /** Only with `--legacy-tls`. */
  readonly legacyTls?: { readonly caFile: string; readonly tlsPort: number; readonly proxyUrl: string }
}

/** Starts in `folder`, with what would stand behind `npm start --`; stopped when the test ends. */
export function start(
  t: Test,
  folder: string,
  env: Record<string, string> = {},
  args: readonly string[] = [],
): Started {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    env: {
      ...process.env,
      TETHER_SERVER_PORT: '0',
      TETHER_PHONES_PORT: '0',
      TETHER_DATA_DIR: join(folder, 'data'),
      TETHER_READY_FILE: join(folder, 'ready.json'),
      TETHER_RECEIPT_DELAY_MS: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  child.stderr.on('data', (chunk) => (output += String(chunk)))
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  t.teardown(async () => {
    child.kill('SIGTERM')
    await exit
  })
  return { process: child, output: () => output, exit }
}

/** What the ready file says, once it is there. Throws with the output when the start failed. */
export async function ready(folder: string, { process: child, output }: Started): Promise<Urls> {
  const file = join(folder, 'ready.json')
  for (let waited = 0; waited < READY_MS; waited += 50) {
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Urls
    if (child.exitCode !== null) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`not ready: ${output()}`)
}
