import t from 'tap'
import { type ClientInput, type ClientState, clientStates, isOnline, stepClient } from '../src/states.ts'

const states = Object.keys(clientStates) as ClientState[]
const inputs = [...new Set(states.flatMap((state) => Object.keys(clientStates[state])))] as ClientInput[]

t.test('answers every pair of state and input with the written arrow, or null', async (t) => {
  for (const state of states) {
    for (const input of inputs) {
      const next = stepClient(state, input)
      const written = clientStates[state][input]
      if (written === undefined) t.equal(next, null, `${state} has no arrow for ${input}`)
      else t.ok(states.includes(written) && next === written, `${state} ${input} leads to ${written}`)
    }
  }
})

t.test('reaches every state from idle', async (t) => {
  const reached = new Set<ClientState>(['idle'])
  for (const state of reached) for (const next of Object.values(clientStates[state])) reached.add(next)
  t.same([...reached].sort(), [...states].sort())
})

t.test('leads back to idle from every state but itself', async (t) => {
  for (const state of states) if (state !== 'idle') t.equal(stepClient(state, 'stop'), 'idle', state)
})

t.test('gives no way from replaced or loggedOut to open without a new connection', async (t) => {
  for (const state of ['replaced', 'loggedOut', 'refused', 'offline'] as const) {
    t.equal(stepClient(state, 'conn'), null, state)
  }
})

t.test('is online only when open, with or without the phone', async (t) => {
  t.same(states.filter(isOnline), ['open', 'phoneUnreachable'])
})
