/**
 * Everything that has states, as tables: state → input → state. An arrow that is not written is illegal. The tables do
 * not know which side reads them; the loss of a peer is an input like any other (spec 4 to 8, 12, 18; phone-link.ts).
 */

export interface StateTable<S extends string, I extends string> {
  /** Whose state this is. */
  readonly about: string
  readonly initial: S
  /** States and inputs, each with what it means. */
  readonly states: Readonly<Record<S, string>>
  readonly inputs: Readonly<Record<I, string>>
  readonly arrows: Readonly<Record<S, Readonly<Partial<Record<I, S>>>>>
}

export type StateOf<T> = T extends StateTable<infer S, string> ? S : never
export type InputOf<T> = T extends { readonly inputs: Readonly<Record<infer I, string>> } ? I : never

function stateTable<S extends string, I extends string>(table: {
  readonly about: string
  readonly initial: NoInfer<S>
  readonly states: Readonly<Record<S, string>>
  readonly inputs: Readonly<Record<I, string>>
  readonly arrows: NoInfer<StateTable<S, I>['arrows']>
}): StateTable<S, I> {
  return table
}

/** The next state, or null when there is no such arrow. From outside that is the sender's error, else our own. */
export function step<S extends string, I extends string>(
  table: StateTable<S, I>,
  state: S,
  input: I,
): S | null {
  const arrows = table.arrows[state]
  return Object.hasOwn(arrows, input) ? (arrows[input] ?? null) : null
}

// prettier-ignore
export const browserStates = stateTable({
  about: 'a browser connection, as the server sees it',
  initial: 'connected',
  states: {
    connected:      'nothing but init is legal',
    waitingForScan: 'init was answered; shows a ref or logs in',
    challenged:     'the tokens are right; the answer to the challenge is awaited',
    relaying:       'Conn was sent; frames pass in both directions',
    phoneAway:      'Conn was sent, but the phone is not there: requests to it wait',
    closed:         'the socket is gone',
  },
  inputs: {
    init:         'the browser sent init',
    reref:        'the browser asked for a new ref',
    claimed:      'a phone claimed the ref',
    challenge:    'the server asks for proof of the macKey',
    refused:      'the server answered login or challenge with an error',
    opened:       'the server accepted the login and sent Conn',
    phoneLost:    'the phone of this login is gone or does not answer',
    phoneBack:    'the phone is attached and answers again',
    logout:       'the browser ended its login',
    unpaired:     'the phone ended the login',
    replaced:     'another browser took the place',
    idle:         'nothing was heard for too long',
    socketClosed: 'the browser is gone',
  },
  arrows: {
    connected:      { init: 'waitingForScan', idle: 'closed', socketClosed: 'closed' },
    waitingForScan: { init: 'waitingForScan', reref: 'waitingForScan', claimed: 'relaying', opened: 'relaying', challenge: 'challenged',
                      refused: 'waitingForScan', logout: 'closed', idle: 'closed', socketClosed: 'closed' },
    // A client that saw no answer sends the same login again (spec 7.4).
    challenged:     { init: 'challenged', challenge: 'challenged', opened: 'relaying', refused: 'waitingForScan', logout: 'closed', unpaired: 'closed',
                      idle: 'closed', socketClosed: 'closed' },
    relaying:       { init: 'relaying', opened: 'relaying', phoneLost: 'phoneAway', logout: 'closed', unpaired: 'closed', replaced: 'closed',
                      idle: 'closed', socketClosed: 'closed' },
    phoneAway:      { init: 'phoneAway', opened: 'phoneAway', phoneBack: 'relaying', logout: 'closed', unpaired: 'closed', replaced: 'closed',
                      idle: 'closed', socketClosed: 'closed' },
    closed:         {},
  },
})

// prettier-ignore
export const phoneStates = stateTable({
  about: 'a phone connection, as the server sees it',
  initial: 'connected',
  states: {
    connected: 'welcome was sent; nothing but attach is legal',
    attaching: 'the signature is being checked and the account read',
    attached:  'the phone has proved its identity key',
    closed:    'the socket is gone',
  },
  inputs: {
    attach:       'the phone sent attach',
    proved:       'the signature is right; attached was sent',
    refused:      'the signature, number or version is wrong',
    message:      'any other link message or relay frame',
    silent:       'nothing was heard for two heartbeats, or no attach in time',
    replaced:     'the same phone attached on a newer connection',
    socketClosed: 'the phone is gone',
  },
  arrows: {
    connected: { attach: 'attaching', refused: 'closed', silent: 'closed', socketClosed: 'closed' },
    attaching: { proved: 'attached', refused: 'closed', silent: 'closed', socketClosed: 'closed' },
    attached:  { message: 'attached', silent: 'closed', replaced: 'closed', socketClosed: 'closed' },
    closed:    {},
  },
})

// prettier-ignore
export const refStates = stateTable({
  about: 'one ref: what a QR code names',
  initial: 'issued',
  states: {
    issued:   'shown by the browser; can be claimed',
    previous: 'no longer shown, but a person may have scanned it just before: can be claimed for one more period',
    claimed:  'a phone has used it; it never works again',
    expired:  'it never works again',
  },
  inputs: {
    kept:        'the browser asked for a new one too early and keeps this one',
    superseded:  'the browser was given a newer one',
    ttlOver:     'the time of the state is over',
    claimed:     'a phone claimed it with the right client id',
    browserLost: 'the browser that shows it is gone or has logged in otherwise',
  },
  arrows: {
    issued:   { kept: 'issued', superseded: 'previous', ttlOver: 'previous', claimed: 'claimed', browserLost: 'expired' },
    // A second renewal ends the grace: only the current ref and the one before it live.
    previous: { superseded: 'expired', ttlOver: 'expired', claimed: 'claimed', browserLost: 'expired' },
    claimed:  {},
    expired:  {},
  },
})

// prettier-ignore
export const companionStates = stateTable({
  about: 'a linked browser, as its phone sees it',
  initial: 'pairing',
  states: {
    pairing:  'scanned and consented; the keys are made, claimRef is not answered yet',
    active:   'the browser is connected; frames are answered',
    away:     'linked, but the browser or the server is not there',
    unlinked: 'the link is ended; its keys are forgotten',
  },
  inputs: {
    claimed:     'the server answered claimRef with login, connection and epoch',
    claimFailed: 'the server refused claimRef',
    browser:     'the server reported an open browser connection of this login',
    browserGone: 'the server reported the end of that connection',
    uplinkLost:  'the phone lost the server',
    listed:      'after attaching, the server still knows the login',
    missing:     'after attaching, the server does not know the login',
    loggedOut:   'the browser logged itself out',
    unpaired:    'a person ended it on the phone',
    expired:     'the consent has run out',
  },
  arrows: {
    // A claim whose answer was lost may have been carried out: `listed` or `missing` tells.
    pairing:  { claimed: 'active', claimFailed: 'unlinked', uplinkLost: 'pairing', listed: 'away', missing: 'unlinked', loggedOut: 'unlinked', unpaired: 'unlinked', expired: 'unlinked' },
    active:   { browser: 'active', browserGone: 'away', uplinkLost: 'away', listed: 'active', missing: 'unlinked', loggedOut: 'unlinked', unpaired: 'unlinked', expired: 'unlinked' },
    away:     { browser: 'active', browserGone: 'away', uplinkLost: 'away', listed: 'away', missing: 'unlinked', loggedOut: 'unlinked', unpaired: 'unlinked', expired: 'unlinked' },
    unlinked: { browserGone: 'unlinked', uplinkLost: 'unlinked', missing: 'unlinked' },
  },
})

// prettier-ignore
export const uplinkStates = stateTable({
  about: 'the connection of a phone to its server, as the phone sees it',
  initial: 'away',
  states: {
    away:       'no connection: nobody wants one, or the pause before the next attempt lasts',
    connecting: 'the socket is being opened',
    greeting:   'the socket is open; welcome is awaited',
    proving:    'attach was sent; the proof of the server is awaited',
    attached:   'both sides have proved their keys',
  },
  inputs: {
    opened:       'there is network, the app runs, and no pause lasts: an attempt begins',
    socketOpened: 'the server took the socket',
    welcome:      'the server opened the handshake with the pinned key and a known version',
    attached:     'the server accepted, and its proof is right',
    message:      'any other link message or relay frame',
    refused:      'the server refused, its key or proof is wrong, or it sent what is not legal here',
    silent:       'nothing was heard for two heartbeats, or no answer in the handshake',
    socketClosed: 'the server is gone, or could not be reached',
    stopped:      'the network is gone, or the app was stopped',
  },
  arrows: {
    away:       { opened: 'connecting', stopped: 'away' },
    connecting: { socketOpened: 'greeting', socketClosed: 'away', stopped: 'away' },
    greeting:   { welcome: 'proving', refused: 'away', silent: 'away', socketClosed: 'away', stopped: 'away' },
    proving:    { attached: 'attached', refused: 'away', silent: 'away', socketClosed: 'away', stopped: 'away' },
    attached:   { message: 'attached', refused: 'away', silent: 'away', socketClosed: 'away', stopped: 'away' },
  },
})

/** All tables by name, for documents and tests. */
export const stateTables = { browserStates, phoneStates, refStates, companionStates, uplinkStates } as const
export type BrowserState = StateOf<typeof browserStates>
export type PhoneState = StateOf<typeof phoneStates>
export type RefState = StateOf<typeof refStates>
export type CompanionState = StateOf<typeof companionStates>
export type UplinkState = StateOf<typeof uplinkStates>
