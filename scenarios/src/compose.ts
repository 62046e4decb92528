/** docker-compose.yml as a story runs it: images of its own project, free ports, fresh volumes; all gone at the end. */
import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Test } from 'tap'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const execute = promisify(execFile)

/** `docker compose` where the plugin is there, else the older program; null when there is no engine to talk to. */
function findCompose(): readonly string[] | null {
  const works = (command: string, ...args: string[]): boolean => {
    try {
      execFileSync(command, args, { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }
  if (!works('docker', 'info')) return null
  if (works('docker', 'compose', 'version')) return ['docker', 'compose']
  return works('docker-compose', 'version') ? ['docker-compose'] : null
}

export type Service = 'server' | 'phones'

export interface Compose {
  /** Builds what has changed, starts, and returns once both are healthy. */
  up(): Promise<void>
  stop(): Promise<void>
  /** The address at which a service answers on this machine. */
  url(service: Service): Promise<string>
  /** What `docker inspect` says of a container. */
  inspect(service: Service): Promise<Container>
  /** Runs a command inside; what it printed. Rejects when it fails. */
  inside(service: Service, ...command: string[]): Promise<string>
}

export interface Container {
  readonly State: { readonly ExitCode: number; readonly Health: { readonly Status: string } }
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean
    readonly Privileged: boolean
    readonly CapDrop: readonly string[]
    readonly SecurityOpt: readonly string[]
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string }[]>>
  }
  readonly Config: { readonly User: string }
}

const EVERY_MS = 200
const HEALTHY_MS = 60_000

/** Null when this machine has no Docker Engine. */
export function composeStory(t: Test): Compose | null {
  const found = findCompose()
  if (found === null) return null
  const [program, ...first] = found
  const env = {
    ...process.env,
    COMPOSE_PROJECT_NAME: `tether-story-${process.pid}`,
    TETHER_SERVER_PORT: '0',
    TETHER_PHONES_PORT: '0',
    DOCKER_BUILDKIT: '0',
  }
  const compose = async (...args: string[]): Promise<string> =>
    (await execute(program, [...first, ...args], { cwd: root, env, maxBuffer: 1 << 26 })).stdout
  const idOf = async (service: Service): Promise<string> => (await compose('ps', '-q', service)).trim()
  const inspect = async (service: Service): Promise<Container> => {
    const { stdout } = await execute('docker', ['inspect', await idOf(service)])
    return (JSON.parse(stdout) as Container[])[0]
  }
  t.teardown(() => compose('down', '--volumes', '--timeout', '5'))
  return {
    async up() {
      await compose('up', '--detach', '--build')
      for (const service of ['server', 'phones'] as const) {
        for (let waited = 0; (await inspect(service)).State.Health.Status !== 'healthy'; waited += EVERY_MS) {
          if (waited > HEALTHY_MS) throw new Error(await compose('logs'))
          await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
        }
      }
    },
    async stop() {
      await compose('stop')
    },
    async url(service) {
      const port = service === 'server' ? '8080' : '8081'
      return `http://${(await compose('port', service, port)).trim()}`
    },
    inspect,
    async inside(service, ...command) {
      return (await execute('docker', ['exec', await idOf(service), ...command])).stdout
    },
  }
}
