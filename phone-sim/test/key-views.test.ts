import t from 'tap'
import { ALICE, BOB, PhoneWorld } from './phone-world.ts'

t.test('it shows keys by name, purpose, age and use, and no byte of them', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  await world.phone(BOB, 'Bob')
  await alice.addContact({ number: BOB, name: 'Bob' })
  await alice.sendText(BOB, 'hi')
  const browser = await world.linked(alice)
  const made = world.clock.now()
  await world.clock.advance(60_000)
  await browser.query('emoji')
  await alice.changeCompanion(browser.login, { name: 'The laptop' })
  const keys = alice.keys()
  const find = (name: string) => keys.find((key) => key.name === name)
  t.match(find(`session/${BOB}`), { purpose: /Bob/, at: made })
  const companion = find(`companion/${browser.login}`)
  t.match(
    companion,
    { purpose: /The laptop/, at: made, lastUsedAt: world.clock.now() },
    'a rename makes no new key',
  )
  t.ok(companion!.uses > 5)
  t.match(find('identity'), { purpose: /who this phone is/ })
  t.equal(keys.filter(({ name }) => name.startsWith('prekey/')).length, 20)
  t.notOk(find('check'), 'what is no key is not shown')
  t.notOk(keys.some(({ purpose }) => purpose === 'unnamed'))
  const said = JSON.stringify(keys)
  for (const key of [browser.keys!.encKey, browser.keys!.macKey])
    for (const form of ['base64', 'hex'] as const) t.notOk(said.includes(Buffer.from(key).toString(form)))
})
