/** The relay as its own process, with its own folder: started, watched and stopped by a story. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { realClock } from 'proto/system'
import { sleep } from 'proto/clock'

export interface ServerProcess {
  readonly pid: number
  readonly port: number
  /** Everything it wrote to its log so far. */
  log(): string
  /** Writes a heap snapshot and gives its bytes. */
  heapSnapshot(): Promise<Buffer>
  /** Ends it as an operator would; its exit code. */
  stop(): Promise<number | null>
}

const SNAPSHOT_LOOK_MS = 50

/** Starts the built relay on a free port, with data in `<folder>/data` and the most talkative log. */
export async function serverProcess(
  folder: string,
  settings: Record<string, string> = {},
  args: readonly string[] = [],
): Promise<ServerProcess> {
  const snapshots = join(folder, 'snapshots')
  mkdirSync(snapshots, { recursive: true })
  const main = createRequire(import.meta.url).resolve('server/main')
  const child = fork(main, args, {
    execArgv: ['--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${snapshots}`],
    env: {
      ...process.env,
      TETHER_SERVER_PORT: '0',
      TETHER_DATA_DIR: join(folder, 'data'),
      TETHER_LOG_LEVEL: 'trace',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let written = ''
  child.stdout!.on('data', (bytes: Buffer) => void (written += bytes.toString()))
  child.stderr!.on('data', (bytes: Buffer) => void (written += bytes.toString()))
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`the relay did not start: ${written}`))),
  ])) as [{ url: string }]

  return {
    pid: child.pid!,
    port: Number(new URL(message.url).port),
    log: () => written,
    async heapSnapshot() {
      const known = readdirSync(snapshots).length
      child.kill('SIGUSR2')
      for (let size = -1; ;) {
        await sleep(realClock, SNAPSHOT_LOOK_MS)
        const files = readdirSync(snapshots).sort()
        if (files.length === known) continue
        const bytes = readFileSync(join(snapshots, files.at(-1)!))
        if (bytes.length === size && bytes.subarray(-2).toString().includes('}')) return bytes
        size = bytes.length
      }
    },
    async stop() {
      if (child.exitCode !== null) return child.exitCode
      child.kill('SIGTERM')
      const [code] = (await once(child, 'exit')) as [number | null]
      return code
    },
  }
}
