import t from 'tap'
import {
  firstForm,
  formComplete,
  formOf,
  formToAnswer,
  formToChange,
} from '../../src/page/consent-fields.tsx'
import type { Companion } from '../../src/phone-views.ts'

const linked = { scope: 'read', chats: ['a@b'], expiresAt: 5 } as unknown as Companion

t.test('it allows a day of everything unless a person says otherwise', (t) => {
  t.strictSame(formToAnswer(firstForm), { scope: 'full', chats: null, expiresInMs: 86_400_000 })
  t.strictSame(formToAnswer({ ...firstForm, span: 'revoked' }), { scope: 'full', chats: null })
  const some = { ...firstForm, which: 'some', chosen: new Set(['a@b']) } as const
  t.strictSame(formToAnswer({ ...some, span: 'hour' }), {
    scope: 'full',
    chats: ['a@b'],
    expiresInMs: 3_600_000,
  })
  t.end()
})

t.test('it takes no chosen chat for no answer', (t) => {
  t.ok(formComplete(firstForm))
  t.notOk(formComplete({ ...firstForm, which: 'some' }))
  t.end()
})

t.test('it leaves the time of a linked browser alone unless it is changed', (t) => {
  t.strictSame(formToChange(formOf(linked)), { scope: 'read', chats: ['a@b'] })
  t.match(formToChange({ ...formOf(linked), span: 'revoked' }), { expiresInMs: null })
  t.end()
})
