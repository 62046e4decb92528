/** A browser is linked from the phone's screen: asked, limited, paused, changed and revoked, all of it with effect. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { ALICE, BOB, device, inspect, pairingText, screens } from '../src/screens.ts'

t.test(
  'it denies, allows some chats, takes one away, pauses and revokes; the record tells all of it',
  async (t) => {
    const { urls, open, troubles, ask } = await screens(t)
    const client = await open(urls.serverUrl)
    const page = await open(urls.phonesUrl)
    const alice = device(page, ALICE)
    const scan = async (): Promise<void> => {
      await alice.getByRole('button', { name: 'Browsers' }).click()
      await alice.getByRole('button', { name: 'Scan' }).click()
      await page.getByLabel(/Or paste/).fill(await pairingText(client))
      await page.getByRole('button', { name: 'Scan the text' }).click()
      await alice.getByRole('dialog', { name: 'Link this browser?' }).waitFor()
    }
    await scan()
    for (const fact of ['Chrome on Linux', '127.0.0.1', 'the same as this phone’s', 'just now'])
      t.ok(await alice.getByRole('dialog').getByText(fact, { exact: true }).count(), `it says ${fact}`)
    await inspect(t, page, 'phones-consent')
    await page.keyboard.press('Escape')
    await alice.getByText('Denied. The browser got nothing.').waitFor()
    t.strictSame(await ask('GET', `/phones/${ALICE}/companions`), [])
    await client.reload()
    await client.getByRole('img', { name: /pairing code/i }).waitFor()

    await scan()
    const sheet = alice.getByRole('dialog')
    await sheet.getByText('An hour').click()
    await sheet.getByText('Chosen chats').click()
    t.ok(await sheet.getByRole('button', { name: 'Allow' }).isDisabled(), 'some is not none')
    await sheet.getByLabel('Bob').check()
    await sheet.getByLabel('Mum').check()
    await sheet.getByRole('button', { name: 'Allow' }).click()
    await alice.getByText('is linked').waitFor()
    const chats = client.getByRole('list', { name: 'Chats' })
    await chats.getByText('Bob').waitFor()
    t.equal(await chats.getByText('Carla (choir)').count(), 0, 'the browser knows of no other chat')
    await inspect(t, page, 'phones-linked')

    await alice.getByText('Reads and writes 2 chats').click()
    const about = page.getByRole('dialog', { name: 'Chrome on Linux' })
    await inspect(t, page, 'phones-browser-sheet')
    await about.getByLabel('Mum').uncheck()
    await about.getByRole('button', { name: 'Change', exact: true }).click()
    await chats.getByText('Mum').waitFor({ state: 'detached' })
    t.pass('the chat has left the connected browser')

    await alice.getByText('Reads and writes one chat').click()
    await about.getByRole('switch', { name: 'Pause' }).check()
    await alice.getByText('Paused: it gets no answer').first().waitFor()
    await ask('POST', `/phones/${BOB}/messages`, { to: ALICE, text: 'Not for a paused browser' })
    await alice.getByText('1 unread').first().waitFor()
    t.equal(await chats.getByText('Not for a paused browser').count(), 0)
    await about.getByRole('switch', { name: 'Pause' }).uncheck()
    await chats.getByText('Not for a paused browser').waitFor()

    await about.getByRole('button', { name: 'Revoke' }).click()
    await about.getByRole('button', { name: 'Revoke now' }).click()
    await alice.getByText('No browser is linked').waitFor()
    await client.getByText('The phone has ended this link').first().waitFor()

    await alice.getByRole('button', { name: 'Record' }).click()
    await alice.getByText('Browser ended').waitFor()
    for (const title of ['Link denied', 'Browser linked', 'Consent changed'])
      t.ok(await alice.getByText(title).count(), title)
    t.ok(await alice.getByText('decided on: screen of the phone').count())
    await inspect(t, page, 'phones-record')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      alice.getByRole('link', { name: 'CSV' }).click(),
    ])
    t.match(readFileSync(await download.path(), 'utf8'), /companion\.linked.*\r\n.*companion\.changed/)
    const refusals = troubles.filter((line) => /status of 403.*\/(?:scan|scans\/[0-9A-F]+)$/.test(line))
    t.equal(refusals.length, 2, 'the denied scan, and the answer that denied it')
    t.equal(troubles.length, 2, 'and nothing else on the console')
  },
)
