/** The traps of files and of group answers (spec 20, numbers 18 and 19), each at the wire. */
import t from 'tap'
import type { Node } from 'proto/node'
import { formatBase64 } from 'proto/base64'
import { seededEntropy } from 'proto/entropy'
import { encryptMedia } from 'proto/media'
import { BOB_JID } from '../src/backstory.ts'
import { change, rawStory } from '../src/raw-story.ts'
import { virtualFetch } from '../src/virtual-fetch.ts'

const entropy = seededEntropy('file traps')
const CARLA = { number: '15550004444', name: 'Carla' }

t.test(
  'it keeps trap 18: uploads by a token with and without padding, answers of texts only, lengths on downloads',
  async (t) => {
    const { paired, world } = await rawStory(t)
    const browser = await paired()
    const { media_conn: given } = await browser.json(browser.say(['query', 'mediaConn']))
    const { auth, hosts } = given as { auth: string; hosts: { hostname: string }[] }
    for (const { hostname } of hosts) t.type(hostname, 'string')

    for (const [padding, length] of [
      ['', 100],
      ['=', 70_000],
    ] as const) {
      const file = encryptMedia({ data: entropy.bytes(length), mediaKey: entropy.bytes(32), type: 'image' })
      t.ok(file.uploaded.length > 96, 'one client cannot fetch less')
      const unpadded = formatBase64(file.fileEncSha256)
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replace('=', '')
      const token = unpadded + padding
      const path = `/mms/image/${token}`
      const query = `auth=${encodeURIComponent(auth)}&token=${encodeURIComponent(token)}`
      const body = file.uploaded as Uint8Array<ArrayBuffer>
      const answer = await world.finish(virtualFetch(world, `${path}?${query}`, { method: 'POST', body }))
      t.equal(answer.status, 200)
      const told = (await answer.json()) as Record<string, unknown>
      t.match(told, { url: /^http/, direct_path: /^\/mms\/image\// })
      for (const [name, value] of Object.entries(told)) t.type(value, 'string', name)

      const { pathname } = new URL(String(told.url))
      for (const address of [pathname, String(told.direct_path)]) {
        const got = await world.finish(virtualFetch(world, address))
        t.equal(got.status, 200)
        t.equal(got.headers.get('content-length'), String(file.uploaded.length))
        t.equal(got.headers.get('transfer-encoding'), null)
        t.ok(Buffer.from(await got.arrayBuffer()).equals(Buffer.from(file.uploaded)))
      }
    }
  },
)

t.test(
  'it keeps trap 19: participants are a list after create, an object by JID after every change',
  async (t) => {
    const { paired, world, alice } = await rawStory(t)
    await world.addPhone(CARLA)
    const browser = await paired()
    let count = 0
    const group = async (type: string, attrs: Record<string, string>, number: string) => {
      const id = `${++count}.--${type}`
      const member: Node = { tag: 'participant', attrs: { jid: `${number}@s.whatsapp.net` }, content: null }
      const asked = { author: alice.jid, id, type, ...attrs }
      const tag = browser.sayNode(change({ tag: 'group', attrs: asked, content: [member] }), id, 10, 136)
      return browser.json(tag)
    }
    const [bob, carla] = [BOB_JID.split('@')[0], CARLA.number]
    const made = await group('create', { subject: 'Choir' }, bob)
    t.match(made, { status: 200, gid: /^[0-9]+-[0-9]+@g\.us$/ })
    t.strictSame(made.participants, [{ [`${bob}@c.us`]: { code: '200' } }])
    const jid = String(made.gid)
    for (const type of ['add', 'promote', 'demote', 'remove']) {
      const changed = await group(type, { jid }, carla)
      t.strictSame(changed, { status: 200, participants: { [`${carla}@c.us`]: { code: '200' } } }, type)
    }
    t.strictSame(await group('add', { jid }, bob), {
      status: 200,
      participants: { [`${bob}@c.us`]: { code: '409' } },
    })
  },
)
