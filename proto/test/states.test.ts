import t from 'tap'
import {
  browserStates,
  companionStates,
  refStates,
  type StateTable,
  stateTables,
  step,
  uplinkStates,
} from '../src/states.ts'

const tables: [string, StateTable<string, string>][] = Object.entries(stateTables)
/** States that nothing leaves. */
const ends: Readonly<Record<string, readonly string[]>> = {
  browserStates: ['closed'],
  phoneStates: ['closed'],
  refStates: ['claimed', 'expired'],
  companionStates: ['unlinked'],
  uplinkStates: [],
}

for (const [name, table] of tables) {
  const states = Object.keys(table.states)
  const inputs = Object.keys(table.inputs)

  t.test(`it moves along the arrows of ${name} and along no others`, (t) => {
    for (const state of states) {
      for (const input of inputs) {
        const next = step(table, state, input)
        const written = Object.entries(table.arrows[state]).find(([key]) => key === input)?.[1]
        t.equal(next, written ?? null, `${state} + ${input}`)
        if (next !== null) t.ok(states.includes(next), `${state} + ${input} leads to a state`)
      }
      t.equal(step(table, state, 'toString'), null, `${state}: inherited names are no inputs`)
    }
    t.end()
  })

  t.test(`it can reach every state of ${name}, and uses every input`, (t) => {
    const reached = new Set([table.initial])
    for (const state of reached) for (const next of Object.values(table.arrows[state])) reached.add(next!)
    t.same([...reached].sort(), states.sort())
    const used = new Set(states.flatMap((state) => Object.keys(table.arrows[state])))
    t.same([...used].sort(), inputs.sort())
    t.end()
  })

  t.test(`it can leave every state of ${name} but the last ones`, (t) => {
    for (const state of states) {
      const leaves = Object.values(table.arrows[state]).some((next) => next !== state)
      t.equal(leaves, !ends[name].includes(state), state)
    }
    t.end()
  })

  t.test(`it says what every state and input of ${name} means`, (t) => {
    for (const text of [table.about, ...Object.values(table.states), ...Object.values(table.inputs)])
      t.match(text, /^\S.{8,140}$/)
    t.end()
  })
}

const lossOf = {
  browserStates: ['socketClosed'],
  phoneStates: ['socketClosed'],
  refStates: ['browserLost'],
  companionStates: ['uplinkLost'],
  uplinkStates: ['stopped'],
} as const

t.test('it takes the loss of a peer in every state that is not an end', (t) => {
  for (const [name, table] of tables) {
    for (const state of Object.keys(table.states)) {
      if (ends[name].includes(state)) continue
      for (const input of lossOf[name as keyof typeof lossOf])
        t.not(step(table, state, input), null, `${name} ${state}`)
    }
  }
  t.end()
})

t.test('it relays nothing before Conn', (t) => {
  const before = ['connected', 'waitingForScan', 'challenged'] as const
  for (const state of before) {
    t.equal(step(browserStates, state, 'phoneBack'), null)
    t.equal(step(browserStates, state, 'replaced'), null)
  }
  t.equal(step(browserStates, 'connected', 'claimed'), null)
  t.equal(step(browserStates, 'challenged', 'claimed'), null)
  t.end()
})

t.test('it lets a ref be claimed once only', (t) => {
  t.equal(step(refStates, 'previous', 'claimed'), 'claimed')
  t.equal(step(refStates, 'claimed', 'claimed'), null)
  t.equal(step(refStates, 'expired', 'claimed'), null)
  t.end()
})

t.test('it never brings an ended link back to life', (t) => {
  for (const input of ['claimed', 'browser', 'listed'] as const)
    t.equal(step(companionStates, 'unlinked', input), null)
  t.end()
})

t.test('it takes no message from a server that has not proved its key', (t) => {
  for (const state of ['away', 'connecting', 'greeting', 'proving'] as const)
    t.equal(step(uplinkStates, state, 'message'), null, state)
  t.end()
})
