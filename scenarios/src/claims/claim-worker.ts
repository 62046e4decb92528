/**
 * A program: claims prekeys, many at once, from whichever server it was told of last, and prints each that it got.
 *
 *     claim-worker.js NAME
 */
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { AT_ONCE, TARGETS, WHOLE } from './claim-run.ts'

let turn = Number(process.argv[2]) % TARGETS.length

process.on('message', (port: number) => {
  const socket = connect(port, '127.0.0.1')
  const ask = (): void => void socket.write(`${TARGETS[(turn = (turn + 1) % TARGETS.length)]}\n`)
  socket.setNoDelay()
  socket.on('error', () => socket.destroy()) // killed; the next one will be told
  socket.on('connect', () => {
    for (let n = 0; n < AT_ONCE; n++) ask()
  })
  const lines = createInterface({ input: socket })
  lines.on('error', () => lines.close()) // it tells the socket's errors once more
  lines.on('line', (answer) => {
    const [number, id, end] = answer.split(' ')
    if (end !== WHOLE) return // the server died while it wrote this
    if (id !== '-') process.stdout.write(`${number} ${id}\n`)
    ask()
  })
})
process.on('disconnect', () => process.exit(0))
