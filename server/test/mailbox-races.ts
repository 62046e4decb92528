/** Races of what waits for a phone: one-time prekeys that many want, mail that is pushed while it is taken. */
import { ok, equal, deepEqual as same } from 'node:assert/strict'
import { attachedPhone, createStage, play, type Race, type Script } from './interleavings.ts'
import type { TestPhone } from './world.ts'

const ALICE = '15550001111'
const BOB = '15550002222'
const CAROL = '15550003333'

const claims: Race = {
  name: 'many ask for keys at once: no one-time prekey is given to two',
  async prepare() {
    const stage = await createStage()
    const { world } = stage
    const phones = [
      await attachedPhone(world, ALICE),
      await attachedPhone(world, BOB),
      await attachedPhone(world, CAROL),
    ]
    let targets = 0
    let id = 0
    const key = (seed: number) => Uint8Array.of(5, ...Array<number>(32).fill(seed))
    return {
      stage,
      async run(scheduler, drawn) {
        const number = `1666${1_000_000 + ++targets}`
        const { accounts, prekeys } = world.stores
        const at = world.clock.now()
        const codeHash = new Uint8Array(32)
        await accounts.requestCode({ number, codeHash, at })
        await accounts.register({ number, codeHash, identityKey: key(1), registrationId: 1, name: 'T', at })
        const { owner } = (await accounts.attach({ number, identityKey: key(1), at }))!
        const signedPrekey = { id: 1, key: key(2), signature: new Uint8Array(64) }
        const publish = (ids: readonly number[]) =>
          prekeys.publish(owner, {
            signedPrekey,
            prekeys: ids.map((each) => ({ id: each, key: key(each) })),
            at,
          })
        await publish(Array.from({ length: drawn }, (_, i) => i + 1))
        const asks = phones.map((phone): Script =>
          [1, 2].map((n) => ({
            label: `${phone.number} asks ${n}`,
            say: () => phone.link.say(JSON.stringify({ type: 'bundle', id: ++id, number })),
          })),
        )
        await play(stage, scheduler, [
          ...asks,
          [{ label: 'two more are published', say: () => publish([9, 10]) }],
        ])
        const replies = phones.flatMap((phone) => phone.heard('reply')) as {
          ok: { prekey?: { id: number } }
        }[]
        equal(replies.length, 6)
        const given = replies.flatMap(({ ok: bundle }) => (bundle.prekey ? [bundle.prekey.id] : []))
        equal(new Set(given).size, given.length, `given out: ${given.join()}`)
        equal(given.length + (await prekeys.stock(number)), drawn + 2, 'each is given out or in stock')
        for (const phone of phones) phone.link.take()
      },
    }
  },
}

const acks: Race = {
  name: 'mail is pushed while it is taken and the phone attaches anew: nothing is lost, nothing out of order',
  async prepare() {
    const stage = await createStage()
    const { world } = stage
    const writer = await world.phone(ALICE)
    let recipients = 0
    return {
      stage,
      async run(scheduler, drawn) {
        const sender = await writer.attach()
        const lastSent = sender.heard('attached')[0]['lastSent'] as number
        let n = lastSent
        const number = `1777${1_000_000 + ++recipients}`
        const registered = await world.phone(number)
        const links = [await registered.attach()]
        const seqs = (phone: TestPhone) => phone.heard('delivery').map(({ seq }) => seq as number)
        const attached = () => links.filter((link) => link.heard('attached').length > 0).at(-1)!
        const mails = Array.from({ length: 4 }, (_, i) => ({
          label: `mail ${i + 1}`,
          say: () => {
            const mail = {
              type: 'mail',
              n: ++n,
              to: number,
              mail: `mail ${n}`,
              kind: 'whisper',
              body: 'AAAA',
            } as const
            return sender.tell(mail)
          },
        }))
        let taken = 0
        const take = (phone: TestPhone) => {
          if (seqs(phone).length === 0) return null
          taken = Math.max(taken, ...seqs(phone))
          return phone.tell({ type: 'taken', seq: Math.max(...seqs(phone)) })
        }
        const reads: Script[number][] = [1, 2, 3].map((turn) => ({
          label: `the recipient takes ${turn}`,
          say: () => take(attached()),
        }))
        reads.splice(drawn % 4, 0, {
          label: 'the recipient attaches anew',
          say: async () => void links.push(await registered.attach()),
        })
        await play(stage, scheduler, [mails, reads], () => {
          for (const link of links) {
            const seen = seqs(link)
            same(
              seen,
              seen.map((_, i) => seen[0] + i),
              'each link is pushed to in order and without a gap',
            )
          }
        })
        const recipient = attached()
        equal(recipient, links.at(-1), 'the newest link is the one that is attached')
        equal(recipient.link.closed, null)
        same(
          sender
            .heard('mailed')
            .map((each) => each['n'] as number)
            .sort((a, b) => a - b),
          [1, 2, 3, 4].map((i) => lastSent + i),
          'each is acknowledged once',
        )
        const waiting = (await world.stores.mail.page(number, 0, 100)).map(({ seq }) => seq)
        const seen = new Set(links.flatMap(seqs))
        const all = [1, 2, 3, 4]
        same(
          all.filter((seq) => !seen.has(seq)),
          [],
          'each was pushed',
        )
        same(
          waiting.filter((seq) => !seqs(recipient).includes(seq)),
          [],
          'what waits is with the newest link',
        )
        ok(
          all.every((seq) => waiting.includes(seq) || seq <= taken),
          'what is gone was taken',
        )
        await take(recipient)
        equal((await world.stores.mail.waiting(number)).mails, 0)
        await recipient.link.hangUp()
      },
    }
  },
}

export const mailboxRaces: readonly Race[] = [claims, acks]
