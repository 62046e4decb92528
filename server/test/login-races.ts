/** Races of logins (research 1.4 S3, S4, S7): two pages at once, a revocation with frames under way, challenges. */
import { ok, equal, deepEqual as same } from 'node:assert/strict'
import { parseBase64, formatBase64 } from 'proto/base64'
import { encodeRelayFrame, RELAY_BINARY } from 'proto/phone-link'
import {
  attachedPhone,
  binaries,
  createStage,
  endLogin,
  givenLogin,
  isOpen,
  play,
  waitingBrowser,
  type GivenLogin,
  type Race,
  type Script,
} from './interleavings.ts'
import type { ScriptedLink, TestPhone, World } from './world.ts'

const ALICE = '15550001111'
const HOLD_MS = 2_000

function frameFor(connection: number, epoch: number, text: string): Uint8Array {
  return encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard: 0 }, Buffer.from(`${text},x`))
}

function newestOpening(phone: TestPhone): { connection: number; epoch: number; login: string } {
  return phone.heard('browser').at(-1) as { connection: number; epoch: number; login: string }
}

async function leave(
  world: World,
  browsers: readonly ScriptedLink[],
  phone: TestPhone,
  logins: readonly GivenLogin[],
) {
  for (const browser of browsers) if (!browser.closed) await browser.hangUp()
  for (const login of logins) await endLogin(world, phone.number, login)
  phone.link.take()
}

const resumes: Race = {
  name: 'two browsers resume at once: one is open at a time, and the newest opening stays',
  async prepare() {
    const stage = await createStage()
    const { world } = stage
    const phone = await attachedPhone(world, ALICE)
    return {
      stage,
      async run(scheduler, drawn) {
        const first = await givenLogin(world, ALICE)
        const second = drawn % 2 === 0 ? first : await givenLogin(world, ALICE)
        const browsers = [await waitingBrowser(world, first), await waitingBrowser(world, second)]
        const scripts = browsers.map((browser, i): Script => {
          const { loginText } = [first, second][i]
          return [{ label: `browser ${i} logs in`, say: () => browser.say(loginText) }]
        })
        await play(stage, scheduler, scripts, () => ok(browsers.filter(isOpen).length <= 1, 'two are open'))
        await world.clock.pass(HOLD_MS)
        const open = browsers.filter(isOpen)
        equal(open.length, 1, 'one is open')
        const told = newestOpening(phone)
        const stored = (await world.stores.logins.list(ALICE)).find(({ login }) => login === told.login)
        equal(told.epoch, stored?.epoch, 'the phone was told of the newest opening last')
        for (const { connection, epoch } of phone.heard('browser') as { connection: number; epoch: number }[])
          await phone.link.say(frameFor(connection, epoch, `epoch ${epoch}`))
        const frames = browsers.map((browser) =>
          binaries(browser).map((frame) => Buffer.from(frame).toString()),
        )
        same(
          frames.filter((_, i) => isOpen(browsers[i])),
          [[`epoch ${told.epoch},x`]],
          'and frames of that opening alone arrive',
        )
        same(
          frames.filter((_, i) => !isOpen(browsers[i])),
          [[]],
        )
        await leave(world, browsers, phone, [first, second])
      },
    }
  },
}

const revocations: Race = {
  name: 'a phone revokes while frames are under way: none is delivered after the commit',
  async prepare() {
    const stage = await createStage()
    const { world } = stage
    const phone = await attachedPhone(world, ALICE)
    let id = 1_000
    return {
      stage,
      async run(scheduler, drawn) {
        const given = await givenLogin(world, ALICE)
        const browsers = [await waitingBrowser(world, given), await waitingBrowser(world, given)]
        const [browser, another] = browsers
        await browser.say(given.loginText)
        await world.clock.pass(HOLD_MS)
        const { connection, epoch } = newestOpening(phone)
        const delivered = () => [browser, another, phone.link].map((link) => binaries(link).length)
        let atCommit: number[] | null = null
        stage.onAnswer = (call, answer) => {
          if (call === 'logins.end' && answer === true) atCommit = delivered()
        }
        const revoke = { type: 'unpair', id: ++id, login: given.login }
        const three = [1, 2, 3]
        const ofPhone: Script[number][] = three.map((n) => ({
          label: `the phone sends ${n}`,
          say: () => phone.link.say(frameFor(connection, epoch, `to browser ${n}`)),
        }))
        ofPhone.splice(drawn % 4, 0, {
          label: 'the phone revokes',
          say: () => phone.link.say(JSON.stringify(revoke)),
        })
        const ofBrowser = three.map((n) => ({
          label: `the browser sends ${n}`,
          say: () => browser.say(Buffer.from(`to phone ${n},x`)),
        }))
        const again = [{ label: 'its other page logs in', say: () => another.say(given.loginText) }]
        await play(stage, scheduler, [ofPhone, ofBrowser, ...(drawn > 3 ? [again] : [])])
        await world.clock.pass(HOLD_MS)
        ok(atCommit, 'it was committed')
        same(delivered(), atCommit, 'nothing was delivered after it')
        ok(!browsers.some(isOpen), 'nobody is open')
        same(phone.heard('reply').at(-1), { type: 'reply', id, ok: {} })
        await leave(world, browsers, phone, [])
      },
    }
  },
}

const challenges: Race = {
  name: 'challenges are answered, twice, wrongly and for one another: only a right answer to the own one opens',
  async prepare() {
    const stage = await createStage({ TETHER_CHALLENGE: 'always' })
    const { world } = stage
    const phone = await attachedPhone(world, ALICE)
    const rightAnswer = (challenge: string) => formatBase64(parseBase64(challenge).reverse())
    return {
      stage,
      async run(scheduler, drawn) {
        const given = await givenLogin(world, ALICE)
        const browsers = [await waitingBrowser(world, given), await waitingBrowser(world, given)]
        const asked: string[] = []
        for (const browser of browsers) {
          await browser.say(given.loginText)
          asked.push((JSON.parse(browser.take()[0].slice(3)) as [string, { challenge: string }])[1].challenge)
        }
        const answerOf = (browser: ScriptedLink, tag: string, answer: string) => () =>
          browser.say(
            `${tag},${JSON.stringify(['admin', 'challenge', answer, given.serverToken, given.clientId])}`,
          )
        const kinds = [rightAnswer(asked[0]), rightAnswer(asked[1]), formatBase64(new Uint8Array(32))]
        const scripts = browsers.map((browser, i): Script => [
          { label: `browser ${i} answers`, say: answerOf(browser, '1.--2', kinds[(drawn + i) % 3]) },
          { label: `browser ${i} answers again`, say: answerOf(browser, '1.--3', kinds[i]) },
        ])
        const judged: { challenge: string; fits: boolean }[] = []
        await play(stage, scheduler, scripts, () => {
          ok(browsers.filter(isOpen).length <= 1, 'two are open')
          for (const { id, challenge, answer } of phone.heard('judge').slice(judged.length) as Record<
            string,
            never
          >[]) {
            const fits = answer === rightAnswer(challenge)
            judged.push({ challenge, fits })
            void scheduler
              .schedule(Promise.resolve(), `the phone says ${fits}`)
              .then(() => phone.link.say(JSON.stringify({ type: 'reply', id, ok: { fits } })))
          }
        })
        await world.clock.pass(HOLD_MS)
        equal(new Set(judged.map(({ challenge }) => challenge)).size, judged.length, 'each is judged once')
        for (const [i, browser] of browsers.entries()) {
          const isRight = judged.some(({ challenge, fits }) => challenge === asked[i] && fits)
          const hasConn = browser.texts().some((text) => text.includes('["Conn"'))
          ok(!hasConn || isRight, 'who opens has answered its own challenge')
        }
        const wins = judged.filter(({ fits }) => fits).length
        equal(
          browsers.filter(isOpen).length,
          Math.min(1, wins),
          'and who has is open, unless another came later',
        )
        await leave(world, browsers, phone, [given])
      },
    }
  },
}

export const loginRaces: readonly Race[] = [resumes, revocations, challenges]
