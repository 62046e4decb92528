/** Upgrades in their turn: Node tells of one while earlier requests of the same connection are answered still. */
import { EventEmitter } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AnswersDue } from './answers-due.ts'

/** What `ws` listens to instead of the server: the event `upgrade`, when nothing else is due on that connection. */
export function upgradesInTurn(server: Server, due: AnswersDue): Server {
  const upgrades = new EventEmitter()
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const broken = (): void => void socket.destroy()
    socket.on('error', broken) // Node listens no more
    due.behind(socket, () => {
      upgrades.emit('upgrade', request, socket, head)
      socket.off('error', broken)
    })
  })
  return upgrades as Server
}
