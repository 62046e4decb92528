/** `npm run bench`: installs the peers that only the measurements need, builds, measures. Names given pick some. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { prepare, root, step } from './prepare.mjs'
import { isInstalled } from './installed.mjs'

const folder = join(root, 'bench')

await prepare()
if (!isInstalled(folder))
  await step('install peers', 'npm', ['ci', '--no-progress', '--loglevel=error'], { cwd: folder })
await step('compile', process.execPath, [
  join('node_modules', 'typescript', 'bin', 'tsc'),
  '--build',
  'bench',
])
const bench = spawn(process.execPath, [join(folder, 'dist', 'src', 'main.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
bench.on('close', (code) => (process.exitCode = code ?? 1))
