/**
 * The tour as data: seven steps, what each tells and does, and the real effect that ends it. Pure: facts in, place out;
 * the effects are what phones, relay and browser report, whoever caused them.
 */

export const stepNames = ['pair', 'receive', 'send', 'off', 'wait', 'on', 'revoke'] as const
export type StepName = (typeof stepNames)[number]

/** What really happened, as far as the tour minds. */
export type Fact =
  | 'paired' // the phone serves the browser
  | 'carriedToBrowser' // a message of Bob came to Alice's phone, and the relay carried a sealed frame to the browser
  | 'readByBob' // Bob's phone has Alice's message and the person has read it
  | 'phoneOff'
  | 'heldByRelay' // the relay took a message of the browser while the phone was away
  | 'deliveredToBob' // what was held has reached Bob's phone
  | 'revoked'

export const lanes = ['phone', 'relay', 'browser'] as const
export type Lane = (typeof lanes)[number]

export interface Step {
  readonly title: string
  readonly told: string
  readonly button: string
  /** Done without a press; the button is there for when it did not work. */
  readonly beginsByItself?: true
  readonly endsWith: Fact
  /** Where it is to be seen: what is shown when it begins, if there is room for one. */
  readonly lane: Lane
  /** What was seen to happen. */
  readonly done: string
}

export const steps: Readonly<Record<StepName, Step>> = {
  pair: {
    title: 'Pair',
    told: 'The browser shows a code. Alice’s phone scans it, and Alice decides what the browser may do.',
    button: 'Scan the code',
    endsWith: 'paired',
    lane: 'phone',
    done: 'Keys went from phone to browser inside the code’s secret. The relay carried 144 bytes that it cannot open.',
  },
  receive: {
    title: 'Receive',
    told: 'Bob writes to Alice. His message is encrypted for her phone; her phone opens it and seals it again for the browser.',
    button: 'Let Bob write again',
    beginsByItself: true,
    endsWith: 'carriedToBrowser',
    lane: 'browser',
    done: 'It went from Bob’s mailbox to the phone, and sealed anew through the relay to the browser.',
  },
  send: {
    title: 'Send',
    told: 'Bob’s message came through Alice’s phone, under two different encryptions. Now the other way: what the browser writes goes to her phone first.',
    button: 'Answer from the browser',
    endsWith: 'readByBob',
    lane: 'browser',
    done: 'Two blue ticks: Bob has read it. Every tick came back through Alice’s phone.',
  },
  off: {
    title: 'Switch the phone off',
    told: 'The browser has no connection of its own to anyone. See what it is without its phone.',
    button: 'Switch Alice’s phone off',
    endsWith: 'phoneOff',
    lane: 'phone',
    done: 'The phone is dark. Relay and browser are untouched, and that does not help them.',
  },
  wait: {
    title: 'Wait',
    told: 'Write all the same. The relay takes the frame, but nobody is there who could open it.',
    button: 'Write into the silence',
    endsWith: 'heldByRelay',
    lane: 'browser',
    done: 'It waits at the relay, sealed. Within half a minute the browser says by itself that the phone is away.',
  },
  on: {
    title: 'Back on',
    told: 'Switch the phone on again: what waited goes on its way, once.',
    button: 'Switch it on',
    endsWith: 'deliveredToBob',
    lane: 'phone',
    done: 'The phone opened the frame, encrypted the message for Bob, and his phone has it.',
  },
  revoke: {
    title: 'Revoke',
    told: 'Alice changes her mind. Her phone ends the link and erases its keys; the browser is out at once.',
    button: 'Revoke the browser',
    endsWith: 'revoked',
    lane: 'browser',
    done: 'The browser is logged out. The record on the phone says who was let in, when, and when it ended.',
  },
}

export interface TourPlace {
  readonly at: StepName
  /** The effect of this step has been seen. */
  readonly isDone: boolean
  readonly isOver: boolean
}

export const firstPlace: TourPlace = { at: 'pair', isDone: false, isOver: false }

/** An effect that is not the one being waited for changes nothing. */
export function afterFact(place: TourPlace, fact: Fact): TourPlace {
  if (place.isDone || steps[place.at].endsWith !== fact) return place
  return { ...place, isDone: true, isOver: place.at === stepNames.at(-1) }
}

/** The next step, once this one is done. */
export function afterNext(place: TourPlace): TourPlace {
  const next = stepNames[stepNames.indexOf(place.at) + 1]
  return place.isDone && next !== undefined ? { at: next, isDone: false, isOver: false } : place
}
