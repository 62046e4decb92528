import t from 'tap'
import type { AddressInfo } from 'node:net'
import { type RawData, WebSocket, WebSocketServer } from 'ws'
import type { Frame, Link } from 'proto/link'
import { openSocketLink } from '../src/socket.ts'

async function connected(): Promise<{ link: Link; far: WebSocket; server: WebSocketServer }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  const coming = new Promise<WebSocket>((resolve) => server.once('connection', (socket) => resolve(socket)))
  await new Promise((resolve) => server.once('listening', resolve))
  const near = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`)
  const link = await openSocketLink(near)
  return { link, far: await coming, server }
}

function ending(link: Link, frames: Frame[] = []): Promise<[number, string]> {
  return new Promise((resolve) => {
    link.open({ frame: (frame) => frames.push(frame), close: (...end) => resolve(end) })
  })
}

t.test('carries text and bytes apart, in order, also those that came before open', async (t) => {
  const { link, far, server } = await connected()
  t.teardown(() => server.close())
  far.send('early')
  far.send(new Uint8Array([1, 2]))
  await new Promise((resolve) => setTimeout(resolve, 20))
  const frames: Frame[] = []
  const end = ending(link, frames)
  link.pause()
  far.send('late')
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.same(frames, ['early', new Uint8Array([1, 2])])
  link.resume()
  t.equal(frames.at(-1), 'late')
  far.close(4409, 'replaced')
  t.same(await end, [4409, 'replaced'])
})

t.test('sends text and bytes, and nothing after close', async (t) => {
  const { link, far, server } = await connected()
  t.teardown(() => server.close())
  const seen: unknown[] = []
  far.on('message', (data: RawData, isBinary) =>
    seen.push(isBinary ? [...(data as Buffer)] : (data as Buffer).toString()),
  )
  const gone = new Promise<number>((resolve) => far.once('close', resolve))
  const end = ending(link)
  link.send('one')
  link.send(new Uint8Array([7, 8]))
  t.ok(link.queuedBytes >= 0)
  link.close(1001, 'a code that pages may not give')
  link.send('after')
  t.equal(await gone, 1000)
  t.same(seen, ['one', [7, 8]])
  await end
})

t.test('rejects when nobody listens', async (t) => {
  const socket = new WebSocket('ws://127.0.0.1:1/ws')
  await t.rejects(openSocketLink(socket), { code: 'TETHER_ERR_STATE' })
})
