/**
 * Which test meets each limit exactly. A new row of limits.ts needs one here, or it does not compile. What a test proves
 * is not believed but tried: `npm run faults:long -- limits-are-met` makes the product wrong by one, in either
 * direction, and lets it forget to count; the test must fail each time.
 */
import type { LimitName } from './limits.ts'

export interface ExactTest {
  /** Path of the test file from the root. */
  readonly file: string
  /** Title of the test, with those around it first. */
  readonly test: readonly string[]
}

/** The test also looks at the counter of its row (`tether_limits_total`, or `tether_phones_limits_total`), or another one does. */
interface CountedTest extends ExactTest {
  readonly counted: true | ExactTest
  readonly uncounted?: never
}

/** No counter stands for this row, and why. */
interface UncountedTest extends ExactTest {
  readonly uncounted: string
  readonly counted?: never
}

export type BoundaryTest = CountedTest | UncountedTest

/** No such test is possible or needed, and why. */
interface NoTest {
  readonly none: string
}

/** A test is still to be written: what is missing. */
interface OpenTest {
  readonly open: string
}

export type LimitProof = BoundaryTest | NoTest | OpenTest

/** Reasons for `uncounted` that several rows share. */
const WHY = {
  decoder: 'a pure function: who calls it counts the error that it throws (`tether_errors_total`)',
  time: 'a time: when it is over nothing is refused',
  life: 'how long something is good: who comes later is refused by a code (`tether_errors_total`)',
  shape: 'part of the shape of a message: refused as TETHER_ERR_BODY (`tether_errors_total`)',
  ring: 'what is forgotten had mostly arrived; a gap that matters is a drop of its own (`linkGap`)',
  node: 'kept by Node in real time, which ends the connection by itself',
  refill: 'how fast a bucket fills: the row of the bucket counts',
  format: 'what we write ourselves: nobody is refused',
  rest: 'the rest is left out, or comes later: nobody is refused',
  begin: 'it says when something begins: nobody is refused',
  oldest: 'the oldest goes: nobody is refused',
  signal: 'counted as what went wrong with the mail (`tether_phones_signal_failures_total`)',
  asked: 'counted as the code that the HTTP side of the phones answers (`tether_phones_errors_total`)',
  form: 'the browser that asked is told the code; nothing for an operator',
  audited: 'in the audit of the phone; nothing for an operator',
  page: 'kept by the browser client, which counts nothing: a person sees it',
} as const

const IN_MAILBOXES: ExactTest = {
  file: 'server/test/mailboxes.test.ts',
  test: ['counts the limit of a mailbox that was in the way of a mail'],
}

// prettier-ignore
export const limitProofs: Readonly<Record<LimitName, LimitProof>> = {
  NODE_DEPTH: { file: 'proto/test/node-decoder.test.ts', test: ['it holds the limit NODE_DEPTH'], uncounted: WHY.decoder },
  NODE_COUNT: { file: 'proto/test/node-decoder.test.ts', test: ['it holds the limit NODE_COUNT'], uncounted: WHY.decoder },
  NODE_LIST: { file: 'proto/test/node-encoder.test.ts', test: ['it writes as many children and attributes as a count of two bytes allows'], uncounted: WHY.format },
  NODE_OUTPUT_RATIO: { file: 'proto/test/node-decoder.test.ts', test: ['it holds the limits NODE_OUTPUT_RATIO and NODE_OUTPUT_FLOOR'], uncounted: WHY.decoder },
  NODE_OUTPUT_FLOOR: { file: 'proto/test/node-decoder.test.ts', test: ['it holds the limits NODE_OUTPUT_RATIO and NODE_OUTPUT_FLOOR'], uncounted: WHY.decoder },
  PROTOBUF_DEPTH: { file: 'proto/test/web-message.test.ts', test: ['it reads messages as deep as PROTOBUF_DEPTH and refuses deeper ones'], uncounted: WHY.decoder },
  MESSAGE_TAG_BYTES: { file: 'proto/test/frame.test.ts', test: ['it refuses text frames without a usable tag'], uncounted: WHY.decoder },
  QR_TEXT_BYTES: { file: 'proto/test/qr.test.ts', test: ['it holds the limit QR_TEXT_BYTES'], uncounted: WHY.decoder },
  BROWSER_FRAME_BYTES: { file: 'server/test/browser-connection.test.ts', test: ['closes at each limit, exactly at its boundary'], counted: true },
  BROWSER_EARLY_BYTES: { file: 'server/test/browser-connection.test.ts', test: ['closes at each limit, exactly at its boundary'], counted: true },
  BROWSER_EARLY_FRAMES: { file: 'server/test/browser-connection.test.ts', test: ['closes at each limit, exactly at its boundary'], counted: true },
  BROWSER_INIT_MS: { file: 'server/test/browser-connection.test.ts', test: ['closes at each limit, exactly at its boundary'], counted: true },
  BROWSER_FRAMES_BURST: { file: 'server/test/browser-connection.test.ts', test: ['pauses a browser that asks too fast, and reads on a moment later'], counted: true },
  BROWSER_FRAMES_RATE: { file: 'server/test/browser-connection.test.ts', test: ['reads on after so many frames in one piece only when their time is over, pings included'], uncounted: WHY.refill },
  BROWSER_IDLE_MS: { file: 'server/test/browser-connection.test.ts', test: ['closes an idle browser, but not one that still shows a code'], counted: true },
  BROWSER_HEARD_MS: { file: 'server/test/logins.test.ts', test: ['lets a client that reconnects in past its own socket when that has been silent'], uncounted: WHY.time },
  BROWSER_REQUESTS: { file: 'server/test/browser-requests.test.ts', test: ['answers 429 beyond BROWSER_REQUESTS that the phone has not answered, for BROWSER_REQUEST_MS at most'], counted: true },
  BROWSER_REQUEST_MS: { file: 'server/test/browser-requests.test.ts', test: ['answers 429 beyond BROWSER_REQUESTS that the phone has not answered, for BROWSER_REQUEST_MS at most'], uncounted: WHY.time },
  RELAY_VIEWERS: { file: 'server/test/relay-view.test.ts', test: ['it opens for this machine and the named page, for so many at once, and lets that page frame the client'], counted: true },
  BROWSER_SOCKETS: { file: 'server/test/app.test.ts', test: ['opens BROWSER_SOCKETS unpaired sockets and no more; phones and their browsers are not counted'], counted: true },
  ADDRESS_SOCKETS: { file: 'server/test/address-sockets.test.ts', test: ['opens ADDRESS_SOCKETS unpaired sockets of one address and no more; another address has its own'], counted: true },
  ADDRESS_SOCKETS_RATE: { file: 'server/test/address-sockets.test.ts', test: ['lets ADDRESS_SOCKETS_RATE new ones in each minute afterwards'], counted: true },
  SOCKET_FRAGMENTS: { file: 'server/test/socket.test.ts', test: ['takes SOCKET_FRAGMENTS fragments of a message, not one more, and counts the refusal'], counted: true },
  SOCKET_CHUNKS: { none: 'kept by ws, by its own count of pieces; a test meets it from outside' },
  SOCKET_EARLY_CHUNKS: { none: 'kept by ws, by its own count of pieces; a test meets it from outside' },
  READ_QUEUE_BYTES: { file: 'server/test/socket.test.ts', test: ['pauses a socket for whom more than READ_QUEUE_BYTES wait, and counts it'], counted: true },
  WRITE_STALL_MS: { file: 'server/test/socket.test.ts', test: ['ends a socket that takes nothing for WRITE_STALL_MS, with a code and a counter'], counted: true },
  PHONE_QUEUE_BYTES: { file: 'server/test/browser-connection.test.ts', test: ['is not read from while PHONE_QUEUE_BYTES wait for its phone, and is not idle meanwhile'], counted: true },
  SEND_QUEUE_BYTES: { file: 'server/test/relay.test.ts', test: ['cuts off a reader that does not read, on either side'], counted: true },
  QUEUES_BYTES: { file: 'server/test/send-queues.test.ts', test: ['ends nobody at QUEUES_BYTES, and one byte further who has taken nothing for longest'], counted: true },
  AWAY_QUEUE_FRAMES: { file: 'server/test/relay.test.ts', test: ['bounds what waits for a phone, in frames and in open tests'], counted: true },
  AWAY_QUEUE_BYTES: { file: 'server/test/relay.test.ts', test: ['bounds what waits for a phone in bytes'], counted: true },
  RESEND_FRAMES: { file: 'server/test/relay.test.ts', test: ['counts a gap when more was lost than RESEND_FRAMES'], uncounted: WHY.ring },
  RESEND_BYTES: { file: 'server/test/relay.test.ts', test: ['counts a gap when more was lost than RESEND_BYTES'], uncounted: WHY.ring },
  OPEN_TESTS: { file: 'server/test/probes.test.ts', test: ['forgets the oldest test beyond OPEN_TESTS, and asks the others again on return'], counted: true },
  HOLD_AFTER_CONN_MS: { file: 'server/test/relay.test.ts', test: ['releases held frames in order after 500 ms when the client sends nothing'], uncounted: WHY.time },
  PAUSE_AFTER_ANSWER_MS: { file: 'phone-sim/test/browser-profile.test.ts', test: ['it blocks and unblocks, and tells the whole list after the answer'], uncounted: WHY.time },
  PONG_MS: { file: 'server/test/read-gap.test.ts', test: ['waits PONG_MS for a pong that never comes, and counts it'], counted: true },
  HELD_FRAMES: { file: 'server/test/relay.test.ts', test: ['holds at most HELD_FRAMES'], counted: true },
  HELD_BYTES: { file: 'server/test/relay.test.ts', test: ['holds at most HELD_BYTES, and counts what a leaving browser never got'], counted: true },
  PRESENCE_TYPING_MS: { file: 'server/test/presence.test.ts', test: ['shows typing to the person it is meant for, and ends it by the clock'], uncounted: WHY.time },
  LAST_SEEN_FLUSH_MS: { file: 'server/test/last-seen.test.ts', test: ['gathers times and writes them together after LAST_SEEN_FLUSH_MS'], uncounted: WHY.time },
  PRESENCE_WATCHED: { file: 'server/test/browser-requests.test.ts', test: ['lets a browser watch PRESENCE_WATCHED people, and the same ones again'], counted: true },
  REF_TTL_MS: { file: 'server/test/browser-requests.test.ts', test: ['asks for a new ref at its end, keeps the old one before, and ends at 429'], uncounted: WHY.life },
  REF_GRACE_MS: { file: 'server/test/pairing.test.ts', test: ['lets a ref be claimed at the last instant of its grace, and not later'], uncounted: WHY.life },
  REFS_PER_CONNECTION: { file: 'server/test/browser-requests.test.ts', test: ['asks for a new ref at its end, keeps the old one before, and ends at 429'], counted: true },
  REF_LOOKUPS_PER_MINUTE: { file: 'server/test/phone-connection.test.ts', test: ['tells a phone who shows a ref, and limits how often it may ask'], counted: true },
  PAIRINGS_PER_PHONE: { file: 'server/test/phone-connection.test.ts', test: ['limits pairings of one phone, and gives one more each PAIRING_REFILL_MS'], counted: true },
  PAIRING_REFILL_MS: { file: 'server/test/phone-connection.test.ts', test: ['limits pairings of one phone, and gives one more each PAIRING_REFILL_MS'], uncounted: WHY.refill },
  CONSENT_WAIT_MS: { file: 'phone-sim/test/scanner.test.ts', test: ['it gives up a scan that nobody decides'], uncounted: 'counted as a pairing that ended lonely (`tether_phones_pairings_total`)' },
  CONSENT_QUESTIONS: { file: 'phone-sim/test/scanner.test.ts', test: ['it has CONSENT_QUESTIONS browsers wait for an answer, and refuses one more'], counted: true },
  LOGINS_PER_PHONE: { file: 'server/test/logins.test.ts', test: ['pairs LOGINS_PER_PHONE browsers with one phone and refuses the next'], counted: true },
  LOGIN_UNUSED_MS: { file: 'server/test/login-use.test.ts', test: ['gives the places of logins that are over to a new one that needs them, not before'], counted: true },
  LOGIN_FAILURES: { file: 'server/test/http-logout.test.ts', test: ['answers 401 to tokens of no login, and 429 from the same address after ten'], counted: true },
  CHALLENGE_FAILURES: { file: 'server/test/http-logout.test.ts', test: ['refuses a proof that does not fit with 401, and locks the login after five'], counted: true },
  CHALLENGE_TTL_MS: { file: 'server/test/logins.test.ts', test: ['takes an answer to a challenge only with the tokens of the login, and until CHALLENGE_TTL_MS'], counted: true },
  CHALLENGE_IDLE_MS: { file: 'server/test/challenge-need.test.ts', test: ['a login that was unused for CHALLENGE_IDLE_MS is opened by its tokens, an instant later not'], counted: true },
  CHALLENGE_BYTES: { none: 'a format, not a bound: a test shows that its length is none that a frame has' },
  SMS_CODE_DIGITS: { file: 'server/test/registration.test.ts', test: ['takes a code until SMS_CODE_TTL_MS, once'], uncounted: WHY.format },
  SMS_CODE_TTL_MS: { file: 'server/test/registration.test.ts', test: ['takes a code until SMS_CODE_TTL_MS, once'], uncounted: WHY.life },
  SMS_ATTEMPTS: { file: 'server/test/app.test.ts', test: ['registers by a code from the outbox; wrong codes are limited; codes have the configured length'], counted: true },
  SMS_PER_HOUR: { file: 'server/test/app.test.ts', test: ['limits the codes sent to one number'], counted: true },
  HTTP_BODY_BYTES: { file: 'server/test/app.test.ts', test: ['answers bad bodies with a code, and counts them'], counted: true },
  HTTP_HEADER_BYTES: { file: 'server/test/http-refusals.test.ts', test: ['takes HTTP_HEADER_BYTES of request line and headers, and refuses one more with 431'], counted: true },
  HTTP_SOCKETS: { file: 'server/test/http-sockets.test.ts', test: ['takes HTTP_SOCKETS connections and closes the next; WebSockets and those that went are not counted'], counted: true },
  HTTP_LOOK_MS: { file: 'server/test/app.test.ts', test: ['hands its time limits to the HTTP server'], uncounted: WHY.time },
  HTTP_REQUEST_MS: { file: 'server/test/request-time.test.ts', test: ['it gives a request HTTP_REQUEST_MS, and an upload of media longer'], counted: true },
  HTTP_CONNECTION_MS: { file: 'server/test/app.test.ts', test: ['hands its time limits to the HTTP server'], uncounted: WHY.node },
  LEGACY_TLS_SOCKETS: { file: 'server/test/loopback.test.ts', test: ['takes LEGACY_TLS_SOCKETS connections, closes one more and counts it'], counted: true },
  LEGACY_TLS_HANDSHAKE_MS: { none: 'kept by Node in real time; the test gives it a shorter time' },
  LEGACY_PROXY_SOCKETS: { file: 'server/test/loopback.test.ts', test: ['takes LEGACY_PROXY_SOCKETS connections, closes one more and counts it'], counted: true },
  LEGACY_PROXY_REQUEST_MS: { file: 'server/test/connect-proxy.test.ts', test: ['ends who does not say where to go within LEGACY_PROXY_REQUEST_MS, not who did'], counted: true },
  LEGACY_CA_MS: { file: 'server/test/legacy-ca.test.ts', test: ['makes a CA that says what it is, signs for nobody below it, and lives 90 days'], uncounted: WHY.time },
  LEGACY_CERTIFICATE_MS: { file: 'server/test/legacy-ca-folder.test.ts', test: ['renews the CA when it would not outlive a new certificate'], uncounted: WHY.time },
  LEGACY_RENEWAL_MS: { file: 'server/test/legacy-ca-folder.test.ts', test: ['renews the server certificate when LEGACY_RENEWAL_MS are left, and the CA stays'], uncounted: WHY.time },
  PHONE_FRAME_BYTES: { file: 'server/test/phone-connection.test.ts', test: ['takes a frame of PHONE_FRAME_BYTES and PHONE_EARLY_BYTES, and not one byte more'], counted: true },
  PHONE_EARLY_BYTES: { file: 'server/test/phone-connection.test.ts', test: ['takes a frame of PHONE_FRAME_BYTES and PHONE_EARLY_BYTES, and not one byte more'], counted: true },
  PHONE_SOCKETS: { file: 'server/test/app.test.ts', test: ['opens PHONE_SOCKETS links that are not attached and no more; attached ones are not counted'], counted: true },
  PHONE_PINGS: { file: 'server/test/phone-connection.test.ts', test: ['reads PHONE_PINGS heartbeats or pings in a minute, attached or not, then waits'], counted: true },
  PHONE_ATTACH_MS: { file: 'server/test/phone-connection.test.ts', test: ['refuses another version, everything before attach, and silence'], counted: true },
  PHONE_HEARTBEAT_MS: { file: 'server/test/phone-connection.test.ts', test: ['sends heartbeats when it has nothing else to say, and closes after two misses'], counted: true },
  PHONE_REQUEST_MS: { file: 'server/test/phone-connection.test.ts', test: ['asks a phone for PHONE_REQUEST_MS, then answers the browser without it'], counted: true },
  PHONE_ASLEEP_MS: { file: 'server/test/probes.test.ts', test: ['says once that a phone sleeps which does not answer for PHONE_ASLEEP_MS, never Pong false'], uncounted: WHY.time },
  PHONE_BACKOFF_MIN_MS: { file: 'phone-sim/test/uplink.test.ts', test: ['it waits longer after each failure, from PHONE_BACKOFF_MIN_MS to PHONE_BACKOFF_MAX_MS'], uncounted: WHY.time },
  PHONE_BACKOFF_MAX_MS: { file: 'phone-sim/test/uplink.test.ts', test: ['it waits longer after each failure, from PHONE_BACKOFF_MIN_MS to PHONE_BACKOFF_MAX_MS'], uncounted: WHY.time },
  MAIL_BYTES: { file: 'server/test/mailboxes.test.ts', test: ['takes a mail of MAIL_BYTES and not one byte more'], counted: true },
  MAIL_PAIR_BURST: { file: 'server/test/mailboxes.test.ts', test: ['refuses haste until later, stores nothing out of order, and goes on from the same counter'], counted: true },
  MAIL_PAIR_REFILL_MS: { file: 'server/test/mail-rates.test.ts', test: ['lets MAIL_PAIR_BURST messages to one person pass, then one each MAIL_PAIR_REFILL_MS'], uncounted: WHY.refill },
  MAIL_SENDER_BURST: { file: 'server/test/mailboxes.test.ts', test: ['lets a phone send MAIL_SENDER_BURST mails at once, and counts one more'], counted: true },
  MAIL_SENDER_RATE: { file: 'server/test/mail-rates.test.ts', test: ['lets forty messages to a full group pass at once, and one each two seconds for ever'], uncounted: WHY.refill },
  MAIL_INBOUND_BYTES: { file: 'server/test/mailboxes.test.ts', test: ['refuses for good what one recipient cannot take, and remembers it'], counted: true },
  MAIL_INBOUND_RATE: { file: 'server/test/mail-rates.test.ts', test: ['refuses for good what goes beyond MAIL_INBOUND_BYTES of one recipient, whoever sends it'], uncounted: WHY.refill },
  MAILBOX_MAILS: { file: 'server/test/store-sqlite.test.ts', test: ['SQLite in a file', 'mail', 'it bounds the mails of a mailbox, exactly'], counted: IN_MAILBOXES },
  MAILBOX_BYTES: { file: 'server/test/store-sqlite.test.ts', test: ['SQLite in a file', 'mail', 'it bounds a mailbox in bytes, exactly'], counted: IN_MAILBOXES },
  MAILBOX_SENDER_SHARE: { file: 'server/test/store-sqlite.test.ts', test: ['SQLite in a file', 'mail', 'it gives one sender a share of a mailbox, exactly'], counted: IN_MAILBOXES },
  MAILBOX_NOTICES: { file: 'server/test/groups.test.ts', test: ['keeps MAILBOX_NOTICES notices for a phone, and counts those it misses'], counted: true },
  MAILBOX_LIFE_MS: { file: 'server/test/mailboxes.test.ts', test: ['lets mail wait for MAILBOX_LIFE_MS, then deletes and counts it'], counted: true },
  MAIL_WINDOW: { file: 'server/test/mailboxes.test.ts', test: ['has at most MAIL_WINDOW deliveries out, and goes on as they are taken'], uncounted: 'nothing is refused: what waits is the gauge `tether_unacked_pushes`' },
  MAIL_QUEUE_BYTES: { file: 'server/test/mailboxes.test.ts', test: ['goes on by itself when the queue of a phone was full of other things'], counted: true },
  MAIL_RETRY_MS: { file: 'server/test/mailboxes.test.ts', test: ['goes on by itself when the queue of a phone was full of other things'], uncounted: WHY.time },
  MAIL_TRIES: { file: 'server/test/mailboxes.test.ts', test: ['delivers again what nobody took, at most MAIL_TRIES times, and stops once it is taken'], counted: true },
  MAIL_STORE_RETRY_MS: { file: 'server/test/mailboxes.test.ts', test: ['says so when the disk takes no mail, and takes the same mail when it does again'], uncounted: WHY.time },
  MAIL_POISON_TRIES: { file: 'phone-sim/test/inbox.test.ts', test: ['one mail that it cannot work on is set aside, and all others arrive'], counted: true },
  MAIL_PAGE: { file: 'server/test/mailboxes.test.ts', test: ['reads at most MAIL_PAGE mails from the store at once, and all of them'], uncounted: WHY.rest },
  PREKEYS_PER_UPLOAD: { file: 'server/test/phone-connection.test.ts', test: ['stores at most PREKEY_STOCK one-time prekeys'], counted: true },
  PREKEY_STOCK: { file: 'server/test/phone-connection.test.ts', test: ['stores at most PREKEY_STOCK one-time prekeys'], counted: true },
  PREKEY_REFILL_BELOW: { file: 'phone-sim/test/account.test.ts', test: ['it refills its prekeys below PREKEY_REFILL_BELOW, within PREKEY_REFILL_DELAY_MS'], uncounted: WHY.begin },
  PREKEY_REFILL_DELAY_MS: { file: 'phone-sim/test/account.test.ts', test: ['it refills its prekeys below PREKEY_REFILL_BELOW, within PREKEY_REFILL_DELAY_MS'], uncounted: WHY.time },
  SIGNED_PREKEY_MS: { file: 'phone-sim/test/account.test.ts', test: ['it replaces the signed prekey in time and keeps the old one for late mail'], uncounted: WHY.time },
  BUNDLES_PER_PAIR: { file: 'server/test/phone-connection.test.ts', test: ['hands out each one-time prekey once, then the signed prekey only'], counted: true },
  BUNDLE_REFILL_MS: { file: 'server/test/phone-connection.test.ts', test: ['hands out each one-time prekey once, then the signed prekey only'], uncounted: WHY.refill },
  BUNDLES_PER_TARGET: { file: 'server/test/phone-connection.test.ts', test: ['gives out BUNDLES_PER_TARGET one-time prekeys an hour, then the signed prekey only'], counted: true },
  PREKEY_RESERVE: { file: 'server/test/bundles.test.ts', test: ['a thousand strangers leave the reserve to the address book'], counted: true },
  PREKEY_ALERT_MS: { file: 'server/test/bundles.test.ts', test: ['tells a phone that was away when it is back, and again after PREKEY_ALERT_MS'], uncounted: WHY.time },
  SIGNAL_JUMP: { file: 'phone-sim/test/signal-defects.test.ts', test: ['5: it refuses a far counter for nothing, for which the library computes thousands of MACs'], uncounted: WHY.signal },
  SIGNAL_SKIPPED_KEYS: { file: 'phone-sim/test/signal-defects.test.ts', test: ['6: it caps the keys of skipped messages, which the library keeps without end'], uncounted: WHY.oldest },
  SIGNAL_CLOSED_CHAINS: { file: 'phone-sim/test/signal-defects.test.ts', test: ['4: it prunes old chains, which the library keeps for ever'], uncounted: WHY.oldest },
  SIGNAL_CLOSED_SESSIONS: { file: 'phone-sim/test/signal.test.ts', test: ['it keeps a bounded number of earlier sessions'], uncounted: WHY.oldest },
  SIGNAL_FAILURES: { file: 'phone-sim/test/signal-defects.test.ts', test: ['5: it refuses a far counter for nothing, for which the library computes thousands of MACs'], uncounted: WHY.signal },
  ABOUT_CHARS: { file: 'phone-sim/test/browser-profile.test.ts', test: ['it sets the about text, for the browser that asked'], uncounted: WHY.form },
  PICTURE_BYTES: { file: 'server/test/directory.test.ts', test: ['takes pictures up to PICTURE_BYTES and previews up to PICTURE_PREVIEW_BYTES, and nothing but JPEGs'], counted: true },
  PICTURE_PREVIEW_BYTES: { file: 'server/test/directory.test.ts', test: ['takes pictures up to PICTURE_BYTES and previews up to PICTURE_PREVIEW_BYTES, and nothing but JPEGs'], counted: true },
  PICTURE_CHANGES: { file: 'server/test/store-sqlite.test.ts', test: ['SQLite in a file', 'profiles', 'it names at most PICTURE_CHANGES, the newest'], uncounted: WHY.rest },
  BUSINESS_PROFILE_BYTES: { file: 'server/test/directory.test.ts', test: ['keeps a business profile up to BUSINESS_PROFILE_BYTES'], counted: true },
  BLOCKED_NUMBERS: { file: 'server/test/directory.test.ts', test: ['answers the whole block list, and tells it again at the next attach'], counted: true },
  ROSTER_NUMBERS: { file: 'phone-sim/test/profile.test.ts', test: ['it names no more than ROSTER_NUMBERS'], uncounted: WHY.rest },
  MEDIA_BYTES: { file: 'server/test/media.test.ts', test: ['it takes MEDIA_BYTES and not one byte more, announced or not'], counted: true },
  MEDIA_LIFE_MS: { file: 'server/test/media.test.ts', test: ['it tells an expired blob from an unknown one, and forgets it at last'], uncounted: 'what expires is counted as such (`tether_media_total`)' },
  MEDIA_GONE_MS: { file: 'server/test/store-sqlite.test.ts', test: ['SQLite in a file', 'media', 'it forgets what expired MEDIA_GONE_MS ago'], uncounted: WHY.life },
  MEDIA_AUTH_MS: { file: 'server/test/media-auth.test.ts', test: ['it names the number for as long as clients keep the right, and a minute more'], uncounted: WHY.life },
  MEDIA_UPLOADS: { file: 'server/test/media.test.ts', test: ['it admits MEDIA_UPLOADS at once, then one each 1.2 s, each number for itself'], counted: true },
  MEDIA_UPLOAD_REFILL_MS: { file: 'server/test/media.test.ts', test: ['it admits MEDIA_UPLOADS at once, then one each 1.2 s, each number for itself'], uncounted: WHY.refill },
  MEDIA_UPLOADS_OPEN: { file: 'server/test/media.test.ts', test: ['it takes MEDIA_UPLOADS_OPEN bodies of one number at a time'], counted: true },
  MEDIA_QUOTA_BYTES: { file: 'server/test/media.test.ts', test: ['it refuses what does not fit into the quota, before the body and after it'], counted: true },
  PHONE_MEDIA_BYTES: { file: 'phone-sim/test/media-keeper.test.ts', test: ['it keeps PHONE_MEDIA_BYTES and not one byte more, of what comes and of what is sent'], counted: true },
  MEDIA_RETRY_MIN_MS: { file: 'phone-sim/test/media-keeper.test.ts', test: ['it tries again what failed for a time, after MEDIA_RETRY_MIN_MS to _MAX_MS, and at once on a new link'], uncounted: WHY.time },
  MEDIA_RETRY_MAX_MS: { file: 'phone-sim/test/media-keeper.test.ts', test: ['it tries again what failed for a time, after MEDIA_RETRY_MIN_MS to _MAX_MS, and at once on a new link'], uncounted: WHY.time },
  MEDIA_REQUEST_MS: { file: 'server/test/app.test.ts', test: ['hands its time limits to the HTTP server'], uncounted: WHY.node },
  GROUP_MEMBERS: { file: 'server/test/groups.test.ts', test: ['lets GROUP_MEMBERS people into a group, and counts who came too late'], counted: true },
  GROUP_SUBJECT_CHARS: { file: 'proto/test/group.test.ts', test: ['a subject has at most GROUP_SUBJECT_CHARS, a change at most GROUP_MEMBERS people'], uncounted: WHY.shape },
  GROUPS_PER_NUMBER: { file: 'server/test/groups.test.ts', test: ['counts what kept somebody out'], counted: true },
  GROUP_CHANGES_RATE: { file: 'server/test/groups.test.ts', test: ['lets a number make GROUP_CHANGES_RATE changes a minute'], counted: true },
  GROUP_LEFT_MS: { file: 'server/test/store-sqlite.test.ts', test: ['SQLite in a file', 'groups', 'it remembers who left for as long as GROUP_LEFT_MS'], uncounted: WHY.time },
  CALL_RING_MS: { file: 'phone-sim/test/calls.test.ts', test: ['it rings, tells its browsers, and shows a missed call after CALL_RING_MS'], uncounted: WHY.time },
  CALLS_RINGING: { file: 'phone-sim/test/calls.test.ts', test: ['no more than CALLS_RINGING ring at once; the next is missed, and audited'], uncounted: WHY.audited },
  SYNC_BEFORE_MESSAGES: { file: 'phone-sim/test/sync.test.ts', test: ['it sends contacts, chats, last, SYNC_BEFORE_MESSAGES before it, and battery in this order'], uncounted: WHY.rest },
  SYNC_MESSAGE_BYTES: { file: 'phone-sim/test/sync.test.ts', test: ['it sends SYNC_MESSAGE_BYTES of messages, and not one byte more'], uncounted: WHY.rest },
  LIST_BYTES: { file: 'phone-sim/test/lists.test.ts', test: ['it lets a list fill its frame to the last byte, and leaves out what is wanted least'], uncounted: WHY.rest },
  SYNC_RECENT_CHATS: { file: 'phone-sim/test/sync.test.ts', test: ['it sends batches of SYNC_RECENT_CHATS chats, newest first, and last of every chat'], uncounted: WHY.rest },
  SYNC_UNREAD_MESSAGES: { file: 'phone-sim/test/sync.test.ts', test: ['of unread messages it sends the newest SYNC_UNREAD_MESSAGES, and names the first'], uncounted: WHY.rest },
  FREQUENT_MESSAGES: { file: 'phone-sim/test/sync.test.ts', test: ['it names the three whom the person wrote to most often of late'], uncounted: WHY.rest },
  RECEIPT_DELAY_MS: { file: 'phone-sim/test/waiting-receipts.test.ts', test: ['it waits RECEIPT_DELAY_MS at most, and a third of it at least'], uncounted: WHY.time },
  RECEIPT_IDS: { file: 'phone-sim/test/receipt-mail.test.ts', test: ['it refuses everything else'], uncounted: WHY.audited },
  CACHED_MESSAGES: { file: 'web-client/test/kept-chats.test.ts', test: ['keeps the newest messages of a chat, up to the limit, and none that waits here'], uncounted: WHY.page },
  BROWSER_BACKLOG: { file: 'phone-sim/test/browsers.test.ts', test: ['it keeps BROWSER_BACKLOG of what happens while the link is away, and syncs anew beyond'], counted: true },
  DOZE_QUEUE_FRAMES: { file: 'phone-sim/test/companion-change.test.ts', test: ['it holds so many requests of a paused browser and drops the rest'], counted: true },
  LIST_RECIPIENTS: { file: 'phone-sim/test/list-routes.test.ts', test: ['a list has LIST_RECIPIENTS people, and not one more'], uncounted: WHY.asked },
  STORY_LIFE_MS: { file: 'phone-sim/test/expiry.test.ts', test: ['a story is there for STORY_LIFE_MS and no longer'], uncounted: WHY.time },
  EMOJI_MESSAGES: { file: 'phone-sim/test/emoji.test.ts', test: ['it keeps to its limits'], uncounted: WHY.rest },
  EMOJI_ITEMS: { file: 'phone-sim/test/emoji.test.ts', test: ['it keeps to its limits'], uncounted: WHY.rest },
  LINK_PREVIEW_MS: { file: 'phone-sim/test/link-preview.test.ts', test: ['it waits LINK_PREVIEW_MS for a page, and no longer'], uncounted: WHY.rest },
  LINK_PREVIEW_BYTES: { file: 'phone-sim/test/link-preview.test.ts', test: ['it gives none for what is no page, longer than LINK_PREVIEW_BYTES, missing or silent'], uncounted: WHY.rest },
  LINK_THUMBNAIL_BYTES: { file: 'web-client/test/lookups.test.ts', test: ['a link has a preview, with a picture or without, or none'], uncounted: WHY.page },
  HISTORY_PAGE: { file: 'phone-sim/test/browser-queries.test.ts', test: ['it gives no more than the limit at once'], uncounted: WHY.rest },
}

export function isTest(proof: LimitProof): proof is BoundaryTest {
  return 'file' in proof
}

/** What a document says of a proof: who meets the limit exactly, and whether its counter is looked at. */
export function proofTexts(proof: LimitProof): readonly [test: string, counter: string] {
  if (!isTest(proof)) return ['none' in proof ? proof.none : `open: ${proof.open}`, '']
  const { file, counted, uncounted } = proof
  if (counted === undefined) return [file, `no: ${uncounted}`]
  return [file, counted === true ? 'yes' : `yes: ${counted.file}`]
}
