/**
 * The states of a browser client and what moves it between them. An arrow that is not written is illegal: an input
 * from outside without an arrow is ignored, one of our own is our bug. Loss of the server is an input like any other.
 * Spec 4, 5, 7, 8, 12; knows nothing of sockets or frames.
 */
export type ClientState =
  /** Not started, or stopped by the program. */
  | 'idle'
  /** Opening a socket, or waiting for the answer to init. */
  | 'connecting'
  /** A pairing code is on show. */
  | 'waitingForScan'
  /** The last pairing code of this round has run out; renew() starts another round. */
  | 'expired'
  /** Logging in with kept keys. */
  | 'opening'
  | 'open'
  /** The server is there, the phone does not answer. */
  | 'phoneUnreachable'
  /** The person wants no connection now; nothing is attempted until unpause(). */
  | 'paused'
  /** No connection to the server; the next attempt is planned. */
  | 'offline'
  /** Another browser took this login; nothing is attempted until useHere(). */
  | 'replaced'
  /** The keys are gone, by our own log-out, the phone's, or age. */
  | 'loggedOut'
  /** The server refused us, or broke a rule that we do not forgive; nothing is attempted until start(). */
  | 'refused'

export type ClientInput =
  | 'start'
  | 'stop'
  | 'refShown'
  | 'refsUsedUp'
  | 'renew'
  | 'loginSent'
  | 'conn'
  | 'phoneSilent'
  | 'phoneHeard'
  | 'socketLost'
  | 'retry'
  | 'takenOver'
  | 'useHere'
  | 'pause'
  | 'unpause'
  | 'loginEnded'
  | 'refusal'

type Arrows = { readonly [state in ClientState]: { readonly [input in ClientInput]?: ClientState } }

// prettier-ignore
export const clientStates: Arrows = {
  idle:             { start: 'connecting', loginEnded: 'loggedOut' },
  connecting:       { refShown: 'waitingForScan', loginSent: 'opening', socketLost: 'offline', pause: 'paused', refusal: 'refused', loginEnded: 'loggedOut', stop: 'idle' },
  waitingForScan:   { refShown: 'waitingForScan', refsUsedUp: 'expired', conn: 'open', socketLost: 'offline', refusal: 'refused', stop: 'idle' },
  expired:          { conn: 'open', renew: 'connecting', socketLost: 'expired', refusal: 'refused', stop: 'idle' },
  opening:          { conn: 'open', socketLost: 'offline', pause: 'paused', takenOver: 'replaced', loginEnded: 'loggedOut', refusal: 'refused', stop: 'idle' },
  open:             { conn: 'open', phoneSilent: 'phoneUnreachable', socketLost: 'offline', pause: 'paused', takenOver: 'replaced', loginEnded: 'loggedOut', refusal: 'refused', stop: 'idle' },
  phoneUnreachable: { conn: 'open', phoneHeard: 'open', socketLost: 'offline', pause: 'paused', takenOver: 'replaced', loginEnded: 'loggedOut', refusal: 'refused', stop: 'idle' },
  offline:          { retry: 'connecting', pause: 'paused', loginEnded: 'loggedOut', stop: 'idle' },
  paused:           { unpause: 'connecting', loginEnded: 'loggedOut', stop: 'idle' },
  replaced:         { useHere: 'connecting', loginEnded: 'loggedOut', stop: 'idle' },
  loggedOut:        { start: 'connecting', stop: 'idle' },
  refused:          { start: 'connecting', loginEnded: 'loggedOut', stop: 'idle' },
}

/** The state after `input`, or null where no arrow is written. */
export function stepClient(state: ClientState, input: ClientInput): ClientState | null {
  return clientStates[state][input] ?? null
}

/** True while messages can be given to the server. */
export function isOnline(state: ClientState): boolean {
  return state === 'open' || state === 'phoneUnreachable'
}
