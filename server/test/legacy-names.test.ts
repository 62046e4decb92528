import t from 'tap'
import { isLegacyName, isLocalName, LEGACY_NAMES } from '../src/legacy-names.ts'

t.test('knows every host that a legacy client has built in, in any case', async (t) => {
  for (const name of ['web.whatsapp.com', 'w1.web.whatsapp.com', 'w8.web.whatsapp.com', 'mmg.whatsapp.net'])
    t.ok(isLegacyName(name), name)
  t.ok(isLegacyName('DYN.Web.WhatsApp.Com'))
  t.equal(LEGACY_NAMES.length, 11)
})

t.test('does not know hosts that only look like one', async (t) => {
  for (const name of [
    'w9.web.whatsapp.com',
    'whatsapp.com',
    'web.whatsapp.com.',
    'web.whatsapp.com.evil.example',
    '',
  ])
    t.notOk(isLegacyName(name), name)
})

t.test('knows the names of this machine, with brackets or without', async (t) => {
  for (const name of ['localhost', 'LocalHost', '127.0.0.1', '::1', '[::1]']) t.ok(isLocalName(name), name)
  for (const name of ['127.0.0.2', '0.0.0.0', '::', 'localhost.example', '[localhost', ''])
    t.notOk(isLocalName(name), name)
})
