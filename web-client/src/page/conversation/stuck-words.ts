/** Why an own message has not gone further: the hop where it waits, and what would free it. */
import type { ClientState } from '../../states.ts'

export interface StuckFacts {
  readonly state: ClientState
  readonly online: boolean
  readonly asleep: boolean
}

export interface StuckWords {
  /** The part of the way that it has not passed. */
  readonly hop: 'browser' | 'relay' | 'phone'
  readonly where: string
  readonly free: string
}

interface Row {
  readonly when: (facts: StuckFacts) => boolean
  readonly words: StuckWords
}

const rows: readonly Row[] = [
  {
    when: ({ state, online }) => state === 'offline' && !online,
    words: {
      hop: 'browser',
      where: 'It waits in this browser: this computer has no network.',
      free: 'It goes out by itself when there is a network again.',
    },
  },
  {
    when: ({ state }) => state === 'offline' || state === 'connecting' || state === 'idle',
    words: {
      hop: 'browser',
      where: 'It waits in this browser: the server cannot be reached.',
      free: 'It goes out by itself when the server answers again. Nobody needs to do anything here.',
    },
  },
  {
    when: ({ state }) => state === 'replaced',
    words: {
      hop: 'browser',
      where: 'It waits in this browser: another browser has taken over.',
      free: 'Press “Use here” above, and it goes out.',
    },
  },
  {
    when: ({ state }) => state === 'refused',
    words: {
      hop: 'browser',
      where: 'It waits in this browser: the server does not let it in.',
      free: 'The line above says why, and what helps.',
    },
  },
  {
    when: ({ state }) => state === 'opening',
    words: {
      hop: 'relay',
      where: 'It waits in this browser, which is logging in.',
      free: 'It goes out in a moment.',
    },
  },
  {
    when: ({ asleep }) => asleep,
    words: {
      hop: 'phone',
      where: 'The relay holds it for your phone, whose app is dozing.',
      free: 'Wake the phone: open its app or plug it in.',
    },
  },
  {
    when: ({ state }) => state === 'phoneUnreachable',
    words: {
      hop: 'phone',
      where: 'Your phone cannot be reached, and only your phone can encrypt it for the other side.',
      free: 'Switch the phone on, give it a network, or charge it. The message goes out once, whatever happens.',
    },
  },
  {
    when: () => true,
    words: {
      hop: 'phone',
      where: 'It is on its way to your phone, which has not answered yet.',
      free: 'That takes a moment. If it lasts longer, look at your phone.',
    },
  },
]

export function stuckWords(facts: StuckFacts): StuckWords {
  return rows.find(({ when }) => when(facts))!.words
}
