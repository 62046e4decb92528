/** `npm run bench`: installs the peers that only the measurements need, builds, measures. Names given pick some. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { prepare, prepareApart, root } from './prepare.mjs'

await prepare()
await prepareApart('bench')
const main = join(root, 'bench', 'dist', 'src', 'main.js')
const bench = spawn(process.execPath, [main, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
bench.on('close', (code) => (process.exitCode = code ?? 1))
