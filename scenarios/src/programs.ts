/** The two programs as they run anywhere, each a process of its own, so that memory can be told apart. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { STRACE, straceArguments } from 'database/strace'
import type { CpuReport, MemoryReport } from './usage-report.ts'

export interface Program {
  readonly url: string
  readonly pid: number
  /** From the start of the process until it said that it was ready, in ms. */
  readonly startMs: number
  /** What is in use after a forced collection. */
  memory(): Promise<MemoryReport>
  /** CPU time since its start, in ms; other work on the machine does not change it much. */
  cpuMs(): Promise<number>
  /** As an operator does; its exit code. */
  stop(): Promise<number | null>
  /** At once (SIGKILL), without a chance to tidy up. */
  kill(): Promise<void>
  /** Stands still (SIGSTOP) with all its connections open until it goes on. */
  freeze(): void
  goOn(): void
}

/** A folder that gets a CPU profile of each program, for finding out where the time goes. */
const profiles = process.env['TETHER_BENCH_PROFILES']
const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
const REPORTER = fileURLToPath(new URL('./usage-report.js', import.meta.url))

type Settings = Readonly<Record<string, string>>

/** How a program is run for an audit. */
export interface Watched {
  /** A file for its system calls, of those named; it is then stopped by its parent's going, not by a signal. */
  readonly trace?: { readonly file: string; readonly calls: readonly string[] }
  /** A module that is loaded before its code. */
  readonly preload?: string
  /** A command before it, which must pass on its descriptors, such as one that limits it. */
  readonly wrap?: readonly string[]
}

/** Mail is not limited in rate, unless `settings` say so: most that start it write faster than a person. */
export function startServer(
  folder: string,
  settings: Settings = {},
  watched: Watched = {},
): Promise<Program> {
  const usual = { TETHER_SERVER_PORT: '0', TETHER_DATA_DIR: folder, TETHER_MAIL_RATES: 'off' }
  return start('server/main', { ...usual, ...settings }, watched)
}

/** Without people of its own, unless `settings` say so. */
export function startPhones(
  folder: string,
  serverUrl: string,
  passphrase: string,
  settings: Settings = {},
  watched: Watched = {},
): Promise<Program> {
  return start(
    'phone-sim/main',
    {
      TETHER_PHONES_PORT: '0',
      TETHER_DATA_DIR: folder,
      TETHER_SERVER_URL: serverUrl,
      TETHER_VAULT_PASSPHRASE: passphrase,
      TETHER_RECEIPT_DELAY_MS: '0',
      TETHER_CAST: 'off',
      ...settings,
    },
    watched,
  )
}

async function start(
  main: string,
  settings: Record<string, string>,
  { trace, preload, wrap = [] }: Watched,
): Promise<Program> {
  const from = performance.now()
  const [execPath, ...before] = [
    ...wrap,
    ...(trace ? [STRACE ?? 'strace', ...straceArguments(trace.file, trace.calls)] : []),
    process.execPath,
  ]
  const preloaded = preload === undefined ? [] : ['--import', preload]
  const child = fork(createRequire(import.meta.url).resolve(main), [], {
    execPath,
    execArgv: [...before, '--expose-gc', '--import', REPORTER, ...preloaded, ...profiling],
    env: { ...process.env, TETHER_LOG_LEVEL: 'error', ...settings },
  })
  const exit = once(child, 'exit')
  const early = exit.then(() => Promise.reject(new Error(`${main} did not start`)))
  const { url } = await Promise.race([heard<{ url: string }>(child, 'ready'), early])
  return {
    url,
    pid: child.pid!,
    startMs: performance.now() - from,
    memory() {
      child.send('memory')
      return heard<MemoryReport>(child, 'memory')
    },
    async cpuMs() {
      child.send('cpu')
      return (await heard<CpuReport>(child, 'cpu')).ms
    },
    async stop() {
      if (execPath === process.execPath) child.kill('SIGTERM')
      else child.disconnect() // a signal would reach the command before it
      return ((await exit) as [number | null])[0]
    },
    async kill() {
      child.kill('SIGKILL')
      await exit
    },
    freeze() {
      child.kill('SIGSTOP')
    },
    goOn() {
      child.kill('SIGCONT')
    },
  }
}

async function heard<T>(child: ChildProcess, type: string): Promise<T> {
  for (;;) {
    const [message] = (await once(child, 'message')) as [{ type?: string }]
    if (message.type === type) return message as T
  }
}
