import t from 'tap'
import { seededEntropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import { type ServerMood, serverMoods } from 'proto/moods'
import { Counters } from '../src/counters.ts'
import { PairingMoods } from '../src/pairing-moods.ts'
import { BrowserLeft, Pairing } from '../src/pairing.ts'
import { ManualClock } from './manual-clock.ts'

const TTL = 20_000

function attempts() {
  const clock = new ManualClock()
  const pairing = new Pairing(clock, seededEntropy('moods'), TTL)
  const counters = new Counters()
  const moods = new PairingMoods(counters, pairing)
  return {
    clock,
    pairing,
    moods,
    refuse: (ref: string, error: TetherError = new TetherError('TETHER_ERR_LIMIT'), clientId = 'client') =>
      moods.refused(error, ref, clientId),
    leave(connection: number): void {
      moods.left({ connection })
      pairing.expire(connection)
    },
    counted: () =>
      (Object.keys(serverMoods) as ServerMood[])
        .filter((mood) => counters.value('pairings', mood) > 0)
        .map((mood) => `${mood} ${counters.value('pairings', mood)}`)
        .join(', '),
  }
}

t.test('a page that leaves is lonely while its code could be scanned, pruney later', async (t) => {
  const { clock, pairing, leave, counted } = attempts()
  pairing.issue(1, 'client')
  pairing.issue(2, 'client')
  await clock.pass(TTL + limit('REF_GRACE_MS'))
  leave(1)
  t.equal(counted(), 'lonely 1')
  await clock.pass(1)
  leave(2)
  t.equal(counted(), 'lonely 1, pruney 1')
  leave(3)
  t.equal(counted(), 'lonely 1, pruney 1', 'one that showed no code tried nothing')
})

t.test('a page whose code was scanned in vain does not count again when it leaves', async (t) => {
  const { clock, pairing, refuse, leave, counted } = attempts()
  refuse(pairing.issue(1, 'client').ref)
  leave(1)
  t.equal(counted(), 'crowded 1')
  const { ref } = pairing.issue(2, 'client')
  await clock.pass(TTL + limit('REF_GRACE_MS') + 1)
  refuse(ref, new TetherError('TETHER_ERR_REF_UNKNOWN'))
  leave(2)
  t.equal(counted(), 'crowded 1, pruney 1')
  pairing.issue(2, 'client')
  leave(2)
  t.match(counted(), 'lonely 1', 'nothing is remembered of a connection that has left')
})

t.test('a paired browser that leaves is no other attempt', async (t) => {
  const { pairing, moods, leave, counted } = attempts()
  pairing.claim(pairing.issue(1, 'client').ref, 'client')
  moods.paired()
  leave(1)
  t.equal(counted(), 'happy 1')
})

t.test('each refusal has its mood', async (t) => {
  const { pairing, refuse, counted } = attempts()
  const { ref } = pairing.issue(1, 'client')
  refuse(ref, new TetherError('TETHER_ERR_REF_UNKNOWN'), 'another')
  t.equal(counted(), 'scary 1')
  refuse('1@unknown', new BrowserLeft())
  t.equal(counted(), 'lonely 1, scary 1')
  refuse('1@unknown', new TetherError('TETHER_ERR_REF_USED'))
  refuse(ref, new TetherError('TETHER_ERR_LOGINS'))
  refuse(ref, new TetherError('TETHER_ERR_STATE'))
  t.equal(counted(), 'crowded 2, errory 1, lonely 1, scary 1')
})
