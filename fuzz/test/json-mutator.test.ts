import t from 'tap'
import { mutateJson } from '../src/json-mutator.ts'
import { Random } from '../src/random.ts'

t.test('it changes values and leaves JSON, and what stands before it', async (t) => {
  const random = new Random('json')
  const input = Buffer.from('1600000000.--0,["admin","init",[2,2142,12],{"a":{"b":null}}]')
  const seen = new Set<string>()
  for (let round = 0; round < 500; round++) {
    const text = Buffer.from(mutateJson(input, random)!).toString()
    t.ok(text.startsWith('1600000000.--0,'))
    JSON.parse(text.slice('1600000000.--0,'.length))
    seen.add(text)
  }
  t.ok(seen.size > 350, `${seen.size} different ones`)
  t.ok([...seen].some((text) => text.includes('"__proto__"')))
  t.equal(({} as { polluted?: unknown }).polluted, undefined, 'and harms nobody here')
})

t.test('it leaves what is no JSON to others', async (t) => {
  const random = new Random('none')
  for (const text of ['', 'tag,', '?,,', '[1,', 'plain'])
    t.equal(mutateJson(Buffer.from(text), random), null, text)
})
