/**
 * The headless Chromium inside the npm package @sparticuz/chromium, unpacked once into node_modules/.cache together
 * with the libraries and fonts that a bare machine lacks. x86-64 Linux only.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, sep } from 'node:path'
import { promisify } from 'node:util'

export interface PackagedChromium {
  readonly executablePath: string
  /** To be added to the browser's environment. */
  readonly env: Readonly<Record<string, string>>
}

const PACKAGE = '@sparticuz/chromium'
/** As in package.json; another version gets another folder. */
const VERSION = '147.0.0'
/** The package unpacks into TMPDIR, and its libraries only where this variable says that they are needed. */
const WITH_LIBRARIES = { AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' }
const UNPACK = `import(${JSON.stringify(PACKAGE)}).then((package_) => package_.default.executablePath())`

/** Unpacks it unless that was done; safe when several processes do so at once. */
export async function unpackChromium(): Promise<PackagedChromium> {
  const require = createRequire(import.meta.url)
  const entry = require.resolve(PACKAGE)
  const modules = entry.slice(0, entry.lastIndexOf(join(sep, PACKAGE, sep)))
  const cache = join(modules, '.cache')
  const folder = join(cache, `chromium-${VERSION}`)
  if (!existsSync(folder)) {
    await mkdir(cache, { recursive: true })
    const fresh = await mkdtemp(join(cache, 'chromium-new-'))
    try {
      await promisify(execFile)(process.execPath, ['-e', UNPACK], {
        cwd: modules,
        env: { ...process.env, ...WITH_LIBRARIES, TMPDIR: fresh },
      })
      await rename(fresh, folder).catch((error: unknown) => {
        if (!existsSync(folder)) throw error // else another process was faster
      })
    } finally {
      await rm(fresh, { recursive: true, force: true })
    }
  }
  const fonts = join(folder, 'tether-fonts.conf')
  if (!existsSync(fonts)) await writeFile(fonts, fontsIn(folder))
  return {
    executablePath: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_FILE: fonts },
  }
}

/** The package's own configuration names fixed folders, and a browser without any font ends itself. */
function fontsIn(folder: string): string {
  const [fonts, cache] = [join(folder, 'fonts'), join(folder, 'fonts-cache')]
  return `<?xml version="1.0"?><fontconfig><dir>${fonts}</dir><cachedir>${cache}</cachedir></fontconfig>\n`
}
