/**
 * Which answers a connection is still owed. Requests may come before the earlier ones are answered; what ends a
 * connection, or makes it a WebSocket, has to wait for its turn.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

export class AnswersDue {
  readonly #due = new WeakMap<Duplex, Map<ServerResponse, IncomingMessage>>()

  constructor(server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request
      const due = this.#due.get(socket) ?? new Map<ServerResponse, IncomingMessage>()
      this.#due.set(socket, due.set(response, request))
      response.once('close', () => due.delete(response))
    })
  }

  /**
   * Calls `task` when no answer is due on this connection: in this call, or behind the last; never when it ends before.
   * A request whose body is not all there is no earlier one: it is the one that `task` is about.
   */
  behind(socket: Duplex, task: () => void): void {
    const [first] = [...(this.#due.get(socket) ?? [])].filter(([, { complete }]) => complete)
    if (first) first[0].once('close', () => this.behind(socket, task))
    else if (socket.writable) task()
  }
}
