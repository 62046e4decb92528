import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { limit } from 'proto/limits'
import { realClock } from 'proto/system'
import { findLink, httpPreviews, readPage } from '../src/link-preview.ts'
import { TestClock } from './test-clock.ts'

t.test('it finds the first address in a text', async (t) => {
  // prettier-ignore
  const texts: [string, string | null][] = [
    ['see http://127.0.0.1:8080/a?b=c#d, please', 'http://127.0.0.1:8080/a?b=c#d'],
    ['(https://example.org/path).', 'https://example.org/path'],
    ['example.org/x', 'example.org/x'],
    ['www.example.org!', 'www.example.org'],
    ['http://example.org/', 'http://example.org/'],
    ['no link here', null], ['1.5 litres', null], ['', null], ['file:///etc/passwd', null],
  ]
  for (const [text, link] of texts) t.equal(findLink(text), link, text)
})

t.test('it takes no longer for a text of many short labels, which is none', async (t) => {
  const text = `${'a.'.repeat(32_768)}1`
  const began = performance.now()
  t.equal(findLink(text), null)
  t.ok(performance.now() - began < 1_000, 'it was seconds once')
})

t.test('it reads what a page says of itself, Open Graph first', async (t) => {
  const page = `<html><head><title>Own  title</title>
    <meta property="og:title" content="Plum &amp; jam"><meta name="description" content="All of it">
    <link rel="canonical" href="/plum"><meta property="og:image" content="pic.jpg"></head><body><title>no</title></body></html>`
  t.strictSame(readPage(page), {
    title: 'Plum & jam',
    description: 'All of it',
    canonical: '/plum',
    image: 'pic.jpg',
  })
  t.equal(readPage('<title>Own\n title</title>').title, 'Own title')
  t.strictSame(readPage('<<<>'), { title: '', description: '', canonical: '', image: '' })
})

type Page = { type: string; body: string | Uint8Array; status?: number; hang?: boolean }

function site(t: Test, pages: Record<string, Page>): Promise<{ base: string }> {
  return serve(t, (request, response) => {
    const page = pages[request.url!] ?? { type: 'text/html', body: '', status: 404 }
    if (page.hang) return
    response.writeHead(page.status ?? 200, { 'content-type': page.type })
    response.end(page.body)
  })
}

async function serve(t: Test, answer: RequestListener): Promise<{ base: string }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

t.test('it fetches title, description, address and picture', async (t) => {
  const jpeg = Uint8Array.of(0xff, 0xd8, 1, 2, 3)
  const html =
    '<title>Plums</title><meta property="og:image" content="/pic"><link rel="canonical" href="/plum">'
  const { base } = await site(t, {
    '/p': { type: 'text/html; charset=utf-8', body: html },
    '/pic': { type: 'image/jpeg', body: jpeg },
  })
  const preview = await httpPreviews(realClock)(`${base}/p`)
  t.match(preview, { title: 'Plums', description: '', canonicalUrl: `${base}/plum` })
  t.strictSame(new Uint8Array(preview!.thumbnail!), jpeg)
})

t.test('it gives none for what is no page, longer than LINK_PREVIEW_BYTES, missing or silent', async (t) => {
  const { base } = await site(t, {
    '/pdf': { type: 'application/pdf', body: '<title>x</title>' },
    '/untitled': { type: 'text/html', body: '<p>x' },
    '/long': { type: 'text/html', body: `<title>x</title>${'y'.repeat(limit('LINK_PREVIEW_BYTES') - 15)}` },
    '/just': { type: 'text/html', body: `<title>x</title>${'y'.repeat(limit('LINK_PREVIEW_BYTES') - 16)}` },
    '/silent': { type: 'text/html', body: '', hang: true },
    '/big': { type: 'text/html', body: '<title>x</title><meta property="og:image" content="/bigpic">' },
    '/bigpic': { type: 'image/jpeg', body: new Uint8Array(limit('LINK_THUMBNAIL_BYTES') + 1) },
  })
  const previews = httpPreviews({ ...realClock, after: (_ms, task) => realClock.after(200, task) })
  for (const path of ['/pdf', '/untitled', '/long', '/silent', '/none'])
    t.equal(await previews(base + path), null, path)
  t.match(await previews(`${base}/just`), { title: 'x' }, 'a byte less is not too long')
  t.match(await previews(`${base}/big`), { title: 'x', thumbnail: null }, 'without the large picture')
  for (const text of ['', 'http://', 'ftp://127.0.0.1/x', 'http://127.0.0.1:1/'])
    t.equal(await previews(text), null)
})

t.test('it waits LINK_PREVIEW_MS for a page, and no longer', async (t) => {
  const clock = new TestClock()
  let asked!: (response: ServerResponse) => void
  const { base } = await serve(t, (_request, response) => asked(response))
  const answeredAfter = async (ms: number) => {
    const request = new Promise<ServerResponse>((resolve) => (asked = resolve))
    const preview = httpPreviews(clock)(base)
    const response = await request
    await clock.advance(ms)
    response.writeHead(200, { 'content-type': 'text/html' }).end('<title>x</title>')
    return preview
  }
  t.match(await answeredAfter(limit('LINK_PREVIEW_MS') - 1), { title: 'x' })
  t.equal(await answeredAfter(limit('LINK_PREVIEW_MS')), null)
})
