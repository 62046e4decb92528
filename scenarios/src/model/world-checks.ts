/** What there must be in the end, in phones, browsers and at the server. */
import { deepStrictEqual as same, ok } from 'node:assert'
import { ALICE } from 'harness'
import { NUMBERS, otherJid, ownerOf, phoneOf, type Real, type WorldState } from './world-steps.ts'

/** What must hold after each step. */
export function look({ watch, world, pages }: Real): void {
  const open = [...pages.values()].map(({ place: { name }, client }) => [name, client] as const)
  watch.lookAtTicks(world.phones, open, otherJid)
  same(watch.breaches, [])
}

/** Everything is whole again: what was written is there, once, in order, and the audit log tells what was done. */
export async function checkWorld(state: WorldState, real: Real): Promise<void> {
  look(real)
  const { world, pages, watch } = real
  const [ofAlice, ofBob] = NUMBERS.map((who) =>
    phoneOf(real, who).messages(otherJid(who), 1_000).filter(isOurs),
  )
  const texts = (list: readonly { text: string }[]) => list.map(({ text }) => text)
  same(texts(ofBob).sort(), texts(ofAlice).sort(), 'both phones have the same')
  same(new Set(texts(ofAlice)).size, ofAlice.length, 'nothing is there twice')
  const there = new Set(texts(ofAlice))
  const mustBe = state.sent.filter(
    ({ pairing, isRefused }) => !isRefused && (pairing === null || !state.ended.has(pairing)),
  )
  const missing = mustBe.filter(({ text }) => !there.has(text))
  same(missing, [], 'nothing is lost')
  const sent = new Set(state.sent.filter(({ isRefused }) => !isRefused).map(({ text }) => text))
  same(
    texts(ofAlice).filter((text) => !sent.has(text)),
    [],
    'nothing is there that nobody wrote',
  )
  for (const [own, other] of [
    [ofAlice, ofBob],
    [ofBob, ofAlice],
  ]) {
    same(
      texts(other.filter(({ fromMe }) => !fromMe)),
      texts(own.filter(({ fromMe }) => fromMe)),
      'each pair has its order',
    )
    ok(!own.some(({ fromMe, status }) => fromMe && status === 'pending'), 'nothing waits for ever')
  }
  for (const [name, { client }] of pages) {
    if (client.state !== 'open') continue
    const shown = texts(client.messages(otherJid(ownerOf(name))).filter(isOurs))
    same(
      shown.sort(),
      texts(ownerOf(name) === ALICE.number ? ofAlice : ofBob).sort(),
      `${name} shows what its phone has`,
    )
  }
  for (const number of NUMBERS) same(await world.stores.mail.waiting(number), { mails: 0, bytes: 0 })
  await checkAudit(state, real)
  same(watch.breaches, [])
}

async function checkAudit(state: WorldState, { world }: Real): Promise<void> {
  same((await world.stores.audit.verify()).broken, null)
  const rows = await world.stores.audit.page(0, 1_000_000)
  const count = (kind: string) => rows.filter((row) => row.kind === kind).length
  same(count('pair'), state.pairings, 'each pairing has its row')
  same(count('unpair') + count('logout'), state.ended.size, 'and each end of one')
  const live = (await Promise.all(NUMBERS.map((who) => world.stores.logins.list(who)))).flat()
  same(live.length, state.pairings - state.ended.size, 'no login outlives its consent')
}

function isOurs({ text }: { readonly text: string }): boolean {
  return text.startsWith('text ')
}
