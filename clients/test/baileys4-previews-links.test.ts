import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { httpPreviews } from 'phone-sim/link-preview'
import { realClock } from 'proto/system'
import { ALICE_JID, BOB_JID } from 'scenarios/backstory'
import { baileys4Story } from '../src/baileys4-story.ts'
import { refusalOf } from '../src/baileys4.ts'
import { picture } from '../src/pictures.ts'

const PAGE = `<html><head><title>Beans</title>
  <meta property="og:description" content="How to grow them">
  <meta property="og:image" content="/bean.jpg"></head></html>`
const EXPECTED = {
  'canonical-url': 'https://garden.test/beans',
  'matched-text': 'garden.test/beans',
  title: 'Beans',
  description: 'How to grow them',
}

/** A story in which garden.test is a server on this machine. */
async function gardenStory(t: Test) {
  const thumbnail = await picture(100, 60)
  const asked: string[] = []
  const site = createServer(({ url = '' }, response) => {
    asked.push(url)
    const [type, body] =
      url === '/beans' ? ['text/html', PAGE] : url === '/bean.jpg' ? ['image/jpeg', thumbnail] : [null, '']
    response.writeHead(type === null ? 404 : 200, { 'content-type': type ?? 'text/plain' }).end(body)
  }).listen(0, '127.0.0.1')
  await once(site, 'listening')
  t.teardown(() => site.close())
  const here = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
  const get: typeof fetch = (url, init) => fetch(new URL(new URL(url as URL).pathname, here), init)
  return { ...(await baileys4Story(t, { previews: httpPreviews(realClock, get) })), asked, thumbnail }
}

t.test('a text with an address goes out with a preview, and arrives with it', async (t) => {
  const { paired, bob, world, thumbnail } = await gardenStory(t)
  const alices = await paired()
  const bobs = await paired({ phone: bob })

  await alices.socket.sendMessage(BOB_JID, { text: 'Read https://garden.test/beans now' })
  await world.until(() => bobs.announced(ALICE_JID).length > 0)

  const { canonicalUrl, matchedText, title, description, jpegThumbnail } =
    bobs.announced(ALICE_JID)[0].message!.extendedTextMessage!
  t.strictSame({ 'canonical-url': canonicalUrl, 'matched-text': matchedText, title, description }, EXPECTED)
  t.ok(thumbnail.equals(jpegThumbnail!), 'with its picture')
})

t.test('it asks for a preview by itself', async (t) => {
  const { paired, thumbnail } = await gardenStory(t)
  const { socket } = await paired()

  const info = await socket.generateUrlInfo('garden.test/beans')
  t.match(info, EXPECTED)
  t.ok(thumbnail.equals(info.jpegThumbnail!))
  t.equal(await refusalOf(socket.generateUrlInfo('garden.test/gone')), 404)
})

t.test(
  'without a preview the text goes out all the same, and nobody is asked where none is wanted',
  async (t) => {
    const { paired, bob, world, asked } = await gardenStory(t)
    const alices = await paired()
    const bobs = await paired({ phone: bob })

    await alices.socket.sendMessage(BOB_JID, { text: 'https://garden.test/beans', linkPreview: null })
    t.strictSame(asked, [])
    await alices.socket.sendMessage(BOB_JID, { text: 'https://garden.test/gone' })
    t.strictSame(asked, ['/gone'])
    await world.until(() => bobs.announced(ALICE_JID).length === 2)

    t.strictSame(
      bobs.announced(ALICE_JID).map(({ message }) => message!.extendedTextMessage!.title),
      ['', ''],
    )
  },
)
