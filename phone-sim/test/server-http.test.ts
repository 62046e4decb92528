import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { limit } from 'proto/limits'
import t, { type Test } from 'tap'
import { serverHttp } from '../src/server-http.ts'

async function serve(t: Test, status: number, body: string, headers: Record<string, string> = {}) {
  const heard: { method?: string; url?: string; type?: string; body: string }[] = []
  const server = createServer((request, response) => {
    void read(request).then((text) => {
      const { method, url } = request
      const type = request.headers['content-type']
      heard.push({ ...(method && { method }), ...(url && { url }), ...(type && { type }), body: text })
      response.writeHead(status, headers).end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function read(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

t.test('it sends JSON and gives status and body back, whatever the status', async (t) => {
  const { heard, url } = await serve(t, 403, '{"code":"TETHER_ERR_SMS_CODE","message":"no"}')
  const answer = await serverHttp(url)('POST', '/v1/register', { number: '15550001111' })
  t.strictSame(answer, { status: 403, body: { code: 'TETHER_ERR_SMS_CODE', message: 'no' } })
  t.strictSame(heard, [
    { method: 'POST', url: '/v1/register', type: 'application/json', body: '{"number":"15550001111"}' },
  ])
})

t.test('it sends no body when there is none, and gives null for an answer that is not JSON', async (t) => {
  const { heard, url } = await serve(t, 200, '<html>')
  t.strictSame(await serverHttp(url)('GET', '/sim/sms/15550001111'), { status: 200, body: null })
  t.strictSame(heard, [{ method: 'GET', url: '/sim/sms/15550001111', body: '' }])
})

t.test(
  'it sends and takes bytes as they are, and refuses more than the server should ever send',
  async (t) => {
    const BYTES = { 'content-type': 'application/octet-stream' }
    const { heard, url } = await serve(t, 200, 'bytes', BYTES)
    const answer = await serverHttp(url)('POST', '/mms/image/x?auth=y', new TextEncoder().encode('body'))
    t.same(answer, { status: 200, body: new TextEncoder().encode('bytes') })
    t.match(heard, [{ method: 'POST', type: 'application/octet-stream', body: 'body' }])
    t.same(await serverHttp(url)('HEAD', '/mms/image/x'), { status: 200, body: new Uint8Array(0) })
    const most = await serve(t, 200, 'x'.repeat(limit('MEDIA_BYTES')), BYTES)
    const { body } = await serverHttp(most.url)('GET', '/')
    t.equal((body as Uint8Array).length, limit('MEDIA_BYTES'))
    const more = await serve(t, 200, 'x'.repeat(limit('MEDIA_BYTES') + 1), BYTES)
    await t.rejects(serverHttp(more.url)('GET', '/'), { code: 'TETHER_ERR_TOO_LARGE' })
  },
)

t.test('it refuses a redirect and a server that is not there', async (t) => {
  const { url } = await serve(t, 302, '', { location: 'http://127.0.0.1:1/elsewhere' })
  await t.rejects(serverHttp(url)('GET', '/healthz'), { code: 'TETHER_ERR_PHONE_AWAY' })
  await t.rejects(serverHttp('http://127.0.0.1:1')('GET', '/healthz'), { code: 'TETHER_ERR_PHONE_AWAY' })
})
