import t from 'tap'
import { limit } from 'proto/limits'
import { type Fetch, mediaHttp } from '../src/media-http.ts'

const streamOf = (...chunks: Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })

t.test('it uploads bytes as they are and reads the answer, and tells of both ends', async (t) => {
  const heard: [string, RequestInit | undefined][] = []
  const fetch: Fetch = async (path, init) => {
    heard.push([path, init])
    return Response.json({ url: 'x' }, { status: 200 })
  }
  const told: unknown[] = []
  const body = Uint8Array.of(1, 2, 3)
  const answer = await mediaHttp(fetch).upload('/mms/image/x', body, {
    progress: (...each) => told.push(each),
  })
  t.same(answer, { status: 200, json: { url: 'x' } })
  t.match(heard, [
    ['/mms/image/x', { method: 'POST', headers: { 'content-type': 'application/octet-stream' } }],
  ])
  t.same(heard[0][1]?.body, body)
  t.same(told, [[0, 3], [3, 3]]) // prettier-ignore
  const refused = await mediaHttp(async () => new Response('no', { status: 413 })).upload('/', body)
  t.same(refused, { status: 413, json: null })
})

t.test('it downloads chunk by chunk, whole or a part, and tells how far it is', async (t) => {
  const heard: (RequestInit | undefined)[] = []
  const fetch: Fetch = async (_path, init) => {
    heard.push(init)
    return new Response(streamOf(Uint8Array.of(1, 2), Uint8Array.of(3)), {
      headers: { 'content-length': '3' },
    })
  }
  const told: unknown[] = []
  const { download } = mediaHttp(fetch)
  t.same(await download('/', { progress: (...each) => told.push(each) }), {
    status: 200,
    bytes: Uint8Array.of(1, 2, 3),
  })
  t.same(told, [[2, 3], [3, 3]]) // prettier-ignore
  await download('/', { range: { first: 16, last: 31 } })
  t.same(heard[1]?.headers, { range: 'bytes=16-31' })
  const silent = mediaHttp(async () => new Response(streamOf(Uint8Array.of(1))))
  const unknown: unknown[] = []
  await silent.download('/', { progress: (...each) => unknown.push(each) })
  t.same(unknown, [[1, null]])
  t.same(await mediaHttp(async () => new Response(null, { status: 404 })).download('/'), { status: 404, bytes: new Uint8Array(0) }) // prettier-ignore
})

t.test('it takes MEDIA_BYTES and not one byte more', async (t) => {
  const most = new Uint8Array(limit('MEDIA_BYTES'))
  const { bytes } = await mediaHttp(async () => new Response(streamOf(most))).download('/')
  t.equal(bytes.length, most.length)
  const more = mediaHttp(async () => new Response(streamOf(most, Uint8Array.of(1)))).download('/')
  await t.rejects(more, { code: 'TETHER_ERR_TOO_LARGE' })
})

t.test('it aborts with the reason of the signal, before and while bytes come', async (t) => {
  const reason = new Error('the person changed their mind')
  const before = AbortSignal.abort(reason)
  let asked = 0
  const counting: Fetch = async () => (asked++, new Response(streamOf(Uint8Array.of(1))))
  await t.rejects(mediaHttp(counting).download('/', { signal: before }), reason)
  await t.rejects(mediaHttp(counting).upload('/', Uint8Array.of(1), { signal: before }), reason)
  t.equal(asked, 0)
  const control = new AbortController()
  const endless: Fetch = async (_path, init) => {
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Uint8Array.of(1))
        init?.signal?.addEventListener('abort', () => controller.error(reason))
      },
    })
    return new Response(stream)
  }
  const download = mediaHttp(endless).download('/', {
    signal: control.signal,
    progress: () => control.abort(reason),
  })
  await t.rejects(download, reason)
})

t.test('it says that the server cannot be reached, whatever the network calls it', async (t) => {
  const down = mediaHttp(() => Promise.reject(new TypeError('fetch failed')))
  await t.rejects(down.download('/'), { code: 'TETHER_ERR_PHONE_AWAY' })
  await t.rejects(down.upload('/', Uint8Array.of(1)), { code: 'TETHER_ERR_PHONE_AWAY' })
  const torn = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('reset')) })
  await t.rejects(mediaHttp(async () => new Response(torn)).download('/'), { code: 'TETHER_ERR_PHONE_AWAY' })
})
