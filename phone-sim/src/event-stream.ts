/** Server-sent events: one JSON object in each data line. A reader that does not read is cut off. */
import type { ServerResponse } from 'node:http'
import { every, type Clock } from 'proto/clock'
import { limit } from 'proto/limits'

/** Answers with a stream of what `subscribe` gives, until either side ends it. */
export function streamEvents(
  response: ServerResponse,
  clock: Clock,
  subscribe: (listener: (event: object) => void) => () => void,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write(': events follow\n\n')
  const unsubscribe = subscribe((event) => {
    response.write(`data: ${JSON.stringify(event)}\n\n`)
    if (response.writableLength > limit('SEND_QUEUE_BYTES')) response.destroy()
  })
  const heartbeat = every(clock, limit('PHONE_HEARTBEAT_MS'), () => response.write(':\n\n'))
  response.once('close', () => {
    unsubscribe()
    heartbeat.cancel()
  })
}
