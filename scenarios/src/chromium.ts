/**
 * A Chromium for the page tests: the one TETHER_CHROMIUM names, else an installed one, else the headless one that
 * comes with the npm packages (packaged-chromium.ts), so that a bare machine needs nothing else.
 */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type Browser, type BrowserContext } from 'playwright-core'
import { unpackChromium, type PackagedChromium } from './packaged-chromium.ts'

const INSTALLED = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Loopback only: nothing is fetched or updated in the background. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The browser to use and what its environment needs besides ours. */
export async function findChromium(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<PackagedChromium> {
  const named = env['TETHER_CHROMIUM'] ?? findInstalled(env['PATH'] ?? '')
  return named ? { executablePath: named, env: {} } : unpackChromium()
}

/** Starts a headless Chromium, with more arguments if need be. The caller closes it. */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  const { executablePath, env } = await findChromium()
  return chromium.launch({
    executablePath,
    headless: true,
    args: [...ARGS, ...more],
    env: { ...process.env, ...env },
  })
}

/** The same with a profile in `folder`, which is there again when it is opened once more. The caller closes it. */
export async function openProfile(
  folder: string,
  viewport: { readonly width: number; readonly height: number },
): Promise<BrowserContext> {
  const { executablePath, env } = await findChromium()
  return chromium.launchPersistentContext(folder, {
    executablePath,
    headless: true,
    viewport,
    args: [...ARGS],
    env: { ...process.env, ...env },
  })
}

/** The first known browser in the folders of `path`, or null. */
export function findInstalled(path: string): string | null {
  for (const folder of path.split(delimiter)) {
    for (const name of INSTALLED) {
      const file = join(folder, name)
      if (folder !== '' && isExecutable(file)) return file
    }
  }
  return null
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
