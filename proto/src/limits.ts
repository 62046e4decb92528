/**
 * Every limit of the project, each with its reason and what happens beyond it. Code reads the number from here,
 * a test meets each row at its boundary, and each refusal is counted under the row's name.
 */
interface Limit {
  readonly value: number
  readonly unit: 'bytes' | 'ms' | 'count' | 'per second' | 'per minute' | 'times'
  readonly why: string
  readonly beyond: string
}

// prettier-ignore
export const limits = {
  // decoders
  NODE_DEPTH:              { value: 64, unit: 'count', why: 'real nodes are at most 6 deep; recursion must not exhaust the stack', beyond: 'TETHER_ERR_NODE_DEPTH' },
  NODE_COUNT:              { value: 100_000, unit: 'count', why: 'the largest contact list is far smaller; bounds memory', beyond: 'TETHER_ERR_NODE_COUNT' },
  NODE_LIST:               { value: 65_535, unit: 'count', why: 'a list count has two bytes', beyond: 'TETHER_ERR_NODE_SIZE' },
  NODE_OUTPUT_RATIO:       { value: 8, unit: 'times', why: 'a decoder must not be a bomb; tokens expand at most so much in real traffic', beyond: 'TETHER_ERR_NODE_OUTPUT' },
  NODE_OUTPUT_FLOOR:       { value: 4_096, unit: 'bytes', why: 'very small nodes of long tokens may exceed the ratio', beyond: 'TETHER_ERR_NODE_OUTPUT' },
  PROTOBUF_DEPTH:          { value: 64, unit: 'count', why: 'a quoted message in a wrapper is 9 deep; recursion must not exhaust the stack', beyond: 'TETHER_ERR_PROTOBUF' },
  MESSAGE_TAG_BYTES:       { value: 128, unit: 'bytes', why: 'the longest known tag has 32', beyond: 'TETHER_ERR_FRAME_TAG' },
  QR_TEXT_BYTES:           { value: 512, unit: 'bytes', why: 'ref, key and client id take about 130', beyond: 'TETHER_ERR_QR' },

  // browser connections
  BROWSER_FRAME_BYTES:     { value: 262_144, unit: 'bytes', why: 'media goes over HTTP; the largest legacy request is a profile picture', beyond: 'close 1009' },
  BROWSER_EARLY_BYTES:     { value: 8_192, unit: 'bytes', why: 'before login only short JSON is legal', beyond: 'close 1009' },
  BROWSER_EARLY_FRAMES:    { value: 64, unit: 'count', why: 'clients repeat login every 10 s and reref every 20 s; keep-alive is not counted', beyond: 'close 1008' },
  BROWSER_INIT_MS:         { value: 30_000, unit: 'ms', why: 'a client sends init at once', beyond: 'close 4408' },
  BROWSER_FRAMES_BURST:    { value: 200, unit: 'count', why: 'a client opening many chats at once', beyond: 'pause reading' },
  BROWSER_FRAMES_RATE:     { value: 50, unit: 'per second', why: 'no person makes so many requests; pings count, and what came in one piece is paid for afterwards', beyond: 'pause reading' },
  BROWSER_IDLE_MS:         { value: 90_000, unit: 'ms', why: 'clients ask for keep-alive at least every 60 s', beyond: 'close 4408' },
  BROWSER_HEARD_MS:        { value: 30_000, unit: 'ms', why: 'clients with a login ask for keep-alive every 20 to 25 s: one that is silent for longer may be gone', beyond: 'a reconnect of the same login is let in' },
  BROWSER_REQUESTS:        { value: 64, unit: 'count', why: 'JSON requests of one browser that its phone has not answered, or that wait for the server; a client has few open at once', beyond: 'status 429; pause reading while so many wait for the server' },
  BROWSER_REQUEST_MS:      { value: 30_000, unit: 'ms', why: 'clients wait no longer for an answer of the phone (research 3)', beyond: 'counts no more' },
  RELAY_VIEWERS:           { value: 8, unit: 'count', why: 'pages that look at the demo at once; each costs the relay a reading of every frame', beyond: 'refuse 429' },
  BROWSER_SOCKETS:         { value: 2_000, unit: 'count', why: 'memory of unpaired connections', beyond: 'refuse 429' },
  ADDRESS_SOCKETS:         { value: 20, unit: 'count', why: 'unpaired connections of one address, or one /64 of IPv6: a household has few codes on show at once; this machine is excepted, see TETHER_ADDRESS_SOCKETS', beyond: 'refuse 429' },
  ADDRESS_SOCKETS_RATE:    { value: 10, unit: 'per minute', why: 'new connections of one address, beyond ADDRESS_SOCKETS at once; one that is paired or logged in costs nothing', beyond: 'refuse 429' },
  SOCKET_FRAGMENTS:        { value: 32, unit: 'count', why: 'no client fragments; tiny fragments cost memory (CVE-2026-48779)', beyond: 'close 1008' },
  SOCKET_CHUNKS:           { value: 1_024, unit: 'count', why: 'the same for chunks (CVE-2026-62389)', beyond: 'close 1008' },
  SOCKET_EARLY_CHUNKS:     { value: 64, unit: 'count', why: 'before a login or attach: what is legal then takes a handful of packets', beyond: 'close 1008' },
  READ_QUEUE_BYTES:        { value: 1_048_576, unit: 'bytes', why: 'what waits to be sent to a socket, pongs included; a quarter of SEND_QUEUE_BYTES: who asks faster than it takes answers waits', beyond: 'pause reading' },
  WRITE_STALL_MS:          { value: 10_000, unit: 'ms', why: 'the network has taken nothing of what waits for a socket: a reader that is merely slow takes something', beyond: 'close 4408' },
  PHONE_QUEUE_BYTES:       { value: 524_288, unit: 'bytes', why: 'what waits for a phone; half of READ_QUEUE_BYTES, so that its browser neither cuts it off nor keeps it from being read', beyond: 'pause reading from its browser' },
  SEND_QUEUE_BYTES:        { value: 4_194_304, unit: 'bytes', why: 'one whole initial sync, and the contacts once more for clients that also ask; a reader that never reads must not cost more', beyond: 'drop slowReader, close 4408' },
  QUEUES_BYTES:            { value: 16_777_216, unit: 'bytes', why: 'what waits for all far ends together, queues of less than 64 KiB apart: many that do not read must not take all memory', beyond: 'close 4408, who has taken nothing for longest first' },
  AWAY_QUEUE_FRAMES:       { value: 64, unit: 'count', why: 'requests that wait for the phone; a client has few open at once', beyond: 'drop awayQueueFull' },
  AWAY_QUEUE_BYTES:        { value: 1_048_576, unit: 'bytes', why: 'the same in memory', beyond: 'drop awayQueueFull' },
  RESEND_FRAMES:           { value: 64, unit: 'count', why: 'frames between phone and server that are sent again when their link broke; as many as a client has open', beyond: 'the oldest are forgotten; drop linkGap, or a full sync' },
  RESEND_BYTES:            { value: 262_144, unit: 'bytes', why: 'the same in memory, for each open browser on either side', beyond: 'the oldest are forgotten; drop linkGap, or a full sync' },
  OPEN_TESTS:              { value: 16, unit: 'count', why: 'clients repeat admin test every 15 s; only the latest matter', beyond: 'drop openTestsFull' },
  HOLD_AFTER_CONN_MS:      { value: 500, unit: 'ms', why: 'an encrypted frame in the same read as Conn ends a pairing (spec 5.6)', beyond: 'released' },
  PAUSE_AFTER_ANSWER_MS:   { value: 50, unit: 'ms', why: 'Baileys listens for s1 and s2, and takes a block list for the last word, only after the answer before them (spec 7.4)', beyond: 'sent' },
  PONG_MS:                 { value: 2_000, unit: 'ms', why: 'a client says by a WebSocket pong that it has read so far; one that never says so is waited for no longer', beyond: 'sent' },
  HELD_FRAMES:             { value: 256, unit: 'count', why: 'an initial sync arrives within the hold', beyond: 'drop heldFull' },
  HELD_BYTES:              { value: 4_194_304, unit: 'bytes', why: 'the same in memory; a socket takes no more at once either', beyond: 'drop heldFull' },
  PRESENCE_TYPING_MS:      { value: 25_000, unit: 'ms', why: 'clients repeat composing every 10 s while somebody types; one that went away says nothing', beyond: 'told as paused' },
  LAST_SEEN_FLUSH_MS:      { value: 10_000, unit: 'ms', why: 'times last seen are written together; a crash loses so much of them', beyond: 'written' },
  PRESENCE_WATCHED:        { value: 2_000, unit: 'count', why: 'people one browser wants presences of; clients subscribe chat by chat', beyond: 'status 429' },

  // pairing and logins
  REF_TTL_MS:              { value: 20_000, unit: 'ms', why: 'the documents and clients agree on 20 s', beyond: 'TETHER_ERR_REF_UNKNOWN' },
  REF_GRACE_MS:            { value: 20_000, unit: 'ms', why: 'a person may scan just as the code changes: the previous ref lives one more period', beyond: 'TETHER_ERR_REF_UNKNOWN' },
  REFS_PER_CONNECTION:     { value: 6, unit: 'count', why: 'the first and five renewals, as the original client', beyond: 'reref status 429' },
  REF_LOOKUPS_PER_MINUTE:  { value: 30, unit: 'per minute', why: 'per phone; guessing refs must not pay', beyond: 'TETHER_ERR_LIMIT' },
  PAIRINGS_PER_PHONE:      { value: 20, unit: 'count', why: 'a scanner gone wild; a demo that is begun anew again and again stays below; one more each two minutes', beyond: 'TETHER_ERR_LIMIT' },
  PAIRING_REFILL_MS:       { value: 120_000, unit: 'ms', why: 'see PAIRINGS_PER_PHONE', beyond: 'TETHER_ERR_LIMIT' },
  CONSENT_WAIT_MS:         { value: 60_000, unit: 'ms', why: 'the code is dead by then; nobody is asked about a code that cannot be claimed', beyond: 'TETHER_ERR_CONSENT_PENDING' },
  CONSENT_QUESTIONS:       { value: 6, unit: 'count', why: 'questions that wait for a person at once, one of each browser: who has to answer many answers without reading (research P8)', beyond: 'TETHER_ERR_LIMIT; audited by the phone' },
  LOGINS_PER_PHONE:        { value: 4, unit: 'count', why: 'linked browsers; the oldest must be unpaired by hand', beyond: 'TETHER_ERR_LIMIT' },
  LOGIN_UNUSED_MS:         { value: 2_592_000_000, unit: 'ms', why: '30 days, as mail: keys that lie in a forgotten browser must not open it for ever; a setting', beyond: 'login status 419' },
  LOGIN_FAILURES:          { value: 10, unit: 'per minute', why: 'per client id; guessing tokens must not pay', beyond: 'login status 599 is never used; 500' },
  CHALLENGE_FAILURES:      { value: 5, unit: 'count', why: 'then the login is refused until the phone has been seen again', beyond: 'login status 401' },
  CHALLENGE_TTL_MS:        { value: 30_000, unit: 'ms', why: 'an answer comes at once or not at all', beyond: 'challenge status 500' },
  CHALLENGE_IDLE_MS:       { value: 86_400_000, unit: 'ms', why: 'with TETHER_CHALLENGE=when-needed: who comes back after a day is asked for more than tokens (research S2)', beyond: 'challenge' },
  CHALLENGE_BYTES:         { value: 20, unit: 'bytes', why: 'not a multiple of 16, so it can never be the body of a frame (research 1.5 W1)', beyond: 'never' },

  // registration
  SMS_CODE_DIGITS:         { value: 6, unit: 'count', why: 'default; the documents describe 4, which is a setting', beyond: 'configured' },
  SMS_CODE_TTL_MS:         { value: 600_000, unit: 'ms', why: 'ten minutes, as such services do', beyond: 'TETHER_ERR_SMS_CODE' },
  SMS_ATTEMPTS:            { value: 5, unit: 'count', why: 'wrong codes for one number, then a new code is needed', beyond: 'TETHER_ERR_LIMIT' },
  SMS_PER_HOUR:            { value: 10, unit: 'count', why: 'codes sent to one number in an hour', beyond: 'TETHER_ERR_LIMIT' },
  HTTP_BODY_BYTES:         { value: 65_536, unit: 'bytes', why: 'the largest JSON body is a prekey upload', beyond: '413' },
  HTTP_HEADER_BYTES:       { value: 16_384, unit: 'bytes', why: 'request line and headers, without what separates them; browsers send some 2 KiB', beyond: '431' },
  HTTP_SOCKETS:            { value: 4_096, unit: 'count', why: 'connections that are no WebSocket (yet): memory of those that say nothing or drip', beyond: 'close' },
  HTTP_LOOK_MS:            { value: 1_000, unit: 'ms', why: 'so often Node looks for requests that are late: headers that drip are there within HTTP_REQUEST_MS and this, or not at all', beyond: '408' },
  HTTP_REQUEST_MS:         { value: 10_000, unit: 'ms', why: 'slow requests hold a socket; uploads of media have MEDIA_REQUEST_MS', beyond: '408' },
  HTTP_CONNECTION_MS:      { value: 15_000, unit: 'ms', why: 'the same before the headers', beyond: 'close' },

  // the closed-network way in (npm start -- --legacy-tls)
  LEGACY_TLS_SOCKETS:      { value: 256, unit: 'count', why: 'connections straight to the TLS door; a test bench has a handful of clients', beyond: 'close' },
  LEGACY_TLS_HANDSHAKE_MS: { value: 10_000, unit: 'ms', why: 'a TLS handshake on one machine takes milliseconds', beyond: 'close' },
  LEGACY_PROXY_SOCKETS:    { value: 256, unit: 'count', why: 'connections through the CONNECT proxy; as many as at the TLS door', beyond: 'close' },
  LEGACY_PROXY_REQUEST_MS: { value: 10_000, unit: 'ms', why: 'a client names its target at once', beyond: 'close' },
  LEGACY_CA_MS:            { value: 7_776_000_000, unit: 'ms', why: '90 days: clients need a new file four times a year, and a forgotten one is soon worthless', beyond: 'a new CA at the next start' },
  LEGACY_CERTIFICATE_MS:   { value: 2_592_000_000, unit: 'ms', why: '30 days; the CA is renewed when it would not live so long', beyond: 'renewed at the next start' },
  LEGACY_RENEWAL_MS:       { value: 864_000_000, unit: 'ms', why: '10 days: a start with less left renews the certificate, so that a server may run so long', beyond: 'renewed' },

  // phones
  PHONE_FRAME_BYTES:       { value: 1_048_576, unit: 'bytes', why: 'a list cannot be split: 2,000 contacts with long names in any script take up to 0.7 MB', beyond: 'close 1009' },
  PHONE_EARLY_BYTES:       { value: 4_096, unit: 'bytes', why: 'before attach only the handshake is legal', beyond: 'close 1009' },
  PHONE_SOCKETS:           { value: 2_000, unit: 'count', why: 'memory of links that are not attached yet; after a restart phones come back at random within seconds', beyond: 'refuse 429' },
  PHONE_ATTACH_MS:         { value: 10_000, unit: 'ms', why: 'a phone signs at once', beyond: 'close 4401' },
  PHONE_HEARTBEAT_MS:      { value: 25_000, unit: 'ms', why: 'below the idle timeouts of home routers', beyond: 'two misses close 4408' },
  PHONE_PINGS:             { value: 60, unit: 'per minute', why: 'pings, pongs and heartbeats of a phone, which has one each 25 s; anybody may open a link, and each costs an answer', beyond: 'pause reading' },
  PHONE_REQUEST_MS:        { value: 15_000, unit: 'ms', why: 'an answer to a link request', beyond: 'TETHER_ERR_PHONE_AWAY' },
  PHONE_ASLEEP_MS:         { value: 10_000, unit: 'ms', why: 'an app that runs answers a probe at once; below the 15 s after which clients ask again', beyond: 'told as asleep, once' },
  PHONE_BACKOFF_MIN_MS:    { value: 250, unit: 'ms', why: 'first reconnect', beyond: 'doubles' },
  PHONE_BACKOFF_MAX_MS:    { value: 30_000, unit: 'ms', why: 'a server that is down for hours', beyond: 'stays' },

  // mail between phones
  MAIL_BYTES:              { value: 98_304, unit: 'bytes', why: 'the figure of a modern messenger', beyond: 'TETHER_ERR_TOO_LARGE' },
  MAIL_PAIR_BURST:         { value: 200, unit: 'count', why: 'messages of one sender for one recipient at once: as many as a browser may say at once, or what somebody wrote in a day without a link; receipts are no messages', beyond: 'TETHER_ERR_LIMIT, not final: the phone waits and goes on in order' },
  MAIL_PAIR_REFILL_MS:     { value: 1_000, unit: 'ms', why: 'then one each second: nobody types faster for long', beyond: 'see MAIL_PAIR_BURST' },
  MAIL_SENDER_BURST:       { value: 10_240, unit: 'count', why: 'mail of one sender in all at once: a message to a group of GROUP_MEMBERS is 256 mails, so 40 such messages', beyond: 'TETHER_ERR_LIMIT, not final: the phone waits and goes on in order' },
  MAIL_SENDER_RATE:        { value: 128, unit: 'per second', why: 'then a message to such a group each two seconds, for ever', beyond: 'see MAIL_SENDER_BURST' },
  MAIL_INBOUND_BYTES:      { value: 134_217_728, unit: 'bytes', why: 'for one recipient at once, of all senders: two full mailboxes; a flood by many senders must not run on at full speed', beyond: 'TETHER_ERR_MAILBOX_FULL, final: who waited for it would reach nobody else' },
  MAIL_INBOUND_RATE:       { value: 2_048, unit: 'per second', why: 'bytes; then one message of the usual size each second (Signal has the same two figures)', beyond: 'see MAIL_INBOUND_BYTES' },
  MAILBOX_MAILS:           { value: 10_000, unit: 'count', why: 'per phone; old mail is never trimmed', beyond: 'TETHER_ERR_MAILBOX_FULL' },
  MAILBOX_BYTES:           { value: 67_108_864, unit: 'bytes', why: 'the same in memory', beyond: 'TETHER_ERR_MAILBOX_FULL' },
  MAILBOX_SENDER_SHARE:    { value: 2_000, unit: 'count', why: 'one sender must not fill a mailbox', beyond: 'TETHER_ERR_MAILBOX_FULL' },
  MAILBOX_NOTICES:         { value: 1_000, unit: 'count', why: 'notices of groups that wait for one phone, whatever else is there; each has up to some 15 kB', beyond: 'not stored; the phone sees the version of the group when it attaches' },
  MAILBOX_LIFE_MS:         { value: 2_592_000_000, unit: 'ms', why: '30 days', beyond: 'expired, counted' },
  MAIL_WINDOW:             { value: 256, unit: 'count', why: 'deliveries not yet taken by the phone', beyond: 'stop pushing' },
  MAIL_QUEUE_BYTES:        { value: 524_288, unit: 'bytes', why: 'half of READ_QUEUE_BYTES: a phone that works off a full mailbox is heard meanwhile, or nothing could be taken out of it', beyond: 'stop pushing' },
  MAIL_RETRY_MS:           { value: 30_000, unit: 'ms', why: 'deliveries nobody took, and pushing that stopped, begin again (research 2.4)', beyond: 'delivered again' },
  MAIL_TRIES:              { value: 5, unit: 'count', why: 'a phone that dozes for hours must not be sent the same mail for hours', beyond: 'waits for the next attach' },
  MAIL_STORE_RETRY_MS:     { value: 5_000, unit: 'ms', why: 'a full disk is cleared by a person; until then every phone with mail asks so often', beyond: 'asked again' },
  MAIL_POISON_TRIES:       { value: 5, unit: 'count', why: 'a mail that ends the link or the phone so often is set aside, and what follows goes on (research D5)', beyond: 'parked in the file of the phone, shown as unreadable, audited' },
  MAIL_PAGE:               { value: 100, unit: 'count', why: 'read from the store at once', beyond: 'next page' },
  PREKEYS_PER_UPLOAD:      { value: 100, unit: 'count', why: 'the figure of a modern messenger', beyond: 'TETHER_ERR_LIMIT' },
  PREKEY_STOCK:            { value: 1_000, unit: 'count', why: 'stored one-time prekeys of one phone', beyond: 'TETHER_ERR_LIMIT' },
  PREKEY_REFILL_BELOW:     { value: 20, unit: 'count', why: 'the phone uploads more below this stock', beyond: 'refill' },
  PREKEY_REFILL_DELAY_MS:  { value: 30_000, unit: 'ms', why: 'a refill waits so long at most, at random: who uses prekeys up must not see when the phone is there (research E4)', beyond: 'never later' },
  SIGNED_PREKEY_MS:        { value: 604_800_000, unit: 'ms', why: 'the phone makes a new signed prekey after a week (research 1.7: 48 h to 7 d)', beyond: 'rotated' },
  BUNDLES_PER_PAIR:        { value: 6, unit: 'count', why: 'per requester and target, one more each ten minutes: depletion attacks (research E3)', beyond: 'TETHER_ERR_LIMIT' },
  BUNDLE_REFILL_MS:        { value: 600_000, unit: 'ms', why: 'see BUNDLES_PER_PAIR', beyond: 'TETHER_ERR_LIMIT' },
  BUNDLES_PER_TARGET:      { value: 100, unit: 'count', why: 'per target and hour, all requesters; beyond it bundles come without a one-time prekey', beyond: 'signed prekey only; the owner is told' },
  PREKEY_RESERVE:          { value: 10, unit: 'count', why: 'the last one-time prekeys of a phone are for those in its address book: whoever depletes the stock makes no first message of a friend weaker (research E3)', beyond: 'signed prekey only; the owner is told' },
  PREKEY_ALERT_MS:         { value: 3_600_000, unit: 'ms', why: 'an owner is told once an hour that budget or reserve is met, not once for each bundle', beyond: 'counted only' },
  SIGNAL_JUMP:             { value: 200, unit: 'count', why: 'message counter ahead of the chain: each step costs an HMAC before the MAC is checked (research 6.1, 5)', beyond: 'TETHER_ERR_SIGNAL_MESSAGE' },
  SIGNAL_SKIPPED_KEYS:     { value: 2_000, unit: 'count', why: 'stored keys of skipped messages (research 6.1, 6)', beyond: 'oldest dropped' },
  SIGNAL_CLOSED_CHAINS:    { value: 5, unit: 'count', why: 'old receiving chains kept for late messages (research 6.1, 4)', beyond: 'oldest dropped' },
  SIGNAL_CLOSED_SESSIONS:  { value: 5, unit: 'count', why: 'earlier sessions with the same contact, kept for late messages; each is tried before a message is refused', beyond: 'oldest dropped' },
  SIGNAL_FAILURES:         { value: 20, unit: 'per minute', why: 'per sender; forged messages must not cost CPU', beyond: 'TETHER_ERR_LIMIT' },

  // the directory of persons
  ABOUT_CHARS:             { value: 1_024, unit: 'count', why: 'far more than any client offers', beyond: 'TETHER_ERR_BODY' },
  PICTURE_BYTES:           { value: 229_376, unit: 'bytes', why: 'with its preview it must fit into one frame of a browser', beyond: 'TETHER_ERR_TOO_LARGE' },
  PICTURE_PREVIEW_BYTES:   { value: 32_768, unit: 'bytes', why: '96 pixels square take about 4 KiB', beyond: 'TETHER_ERR_TOO_LARGE' },
  PICTURE_CHANGES:         { value: 1_000, unit: 'count', why: 'pictures that changed while a phone was away; browsers ask for the others when they show them', beyond: 'the older ones are left out' },
  BUSINESS_PROFILE_BYTES:  { value: 8_192, unit: 'bytes', why: 'address, hours and a description', beyond: 'TETHER_ERR_TOO_LARGE' },
  BLOCKED_NUMBERS:         { value: 1_000, unit: 'count', why: 'the whole list goes into one push (spec 6)', beyond: 'TETHER_ERR_LIMIT' },
  ROSTER_NUMBERS:          { value: 10_000, unit: 'count', why: 'the largest address book; one frame of the phone link', beyond: 'the rest of it hears of no changes' },

  // media
  MEDIA_BYTES:             { value: 16_777_216, unit: 'bytes', why: 'one encrypted file; larger ones were not sent by web clients either', beyond: 'TETHER_ERR_TOO_LARGE (413)' },
  MEDIA_LIFE_MS:           { value: 2_592_000_000, unit: 'ms', why: '30 days, as mail; the phone can upload its file again', beyond: 'TETHER_ERR_MEDIA_EXPIRED (410)' },
  MEDIA_GONE_MS:           { value: 2_592_000_000, unit: 'ms', why: 'so long the server tells a blob that has expired from one it never had', beyond: 'TETHER_ERR_NOT_FOUND (404)' },
  MEDIA_AUTH_MS:           { value: 300_000, unit: 'ms', why: 'clients keep the right to upload so long; it is good for a minute more', beyond: 'TETHER_ERR_MEDIA_AUTH (401)' },
  MEDIA_UPLOADS:           { value: 50, unit: 'count', why: 'uploads of one number at once; the figure of a modern messenger', beyond: 'TETHER_ERR_LIMIT (429)' },
  MEDIA_UPLOAD_REFILL_MS:  { value: 1_200, unit: 'ms', why: 'see MEDIA_UPLOADS; one more each 1.2 s', beyond: 'TETHER_ERR_LIMIT (429)' },
  MEDIA_UPLOADS_OPEN:      { value: 4, unit: 'count', why: 'uploads of one number under way; what is under way is not in its quota yet', beyond: 'TETHER_ERR_LIMIT (429)' },
  MEDIA_QUOTA_BYTES:       { value: 1_073_741_824, unit: 'bytes', why: 'blobs of one number that the server keeps', beyond: 'TETHER_ERR_LIMIT (429)' },
  PHONE_MEDIA_BYTES:       { value: 1_073_741_824, unit: 'bytes', why: 'files that one phone keeps; deleting their messages makes room', beyond: 'not kept, audited; TETHER_ERR_LIMIT for what is sent' },
  MEDIA_RETRY_MIN_MS:      { value: 1_000, unit: 'ms', why: 'a phone fetches a file again after a failure', beyond: 'doubles' },
  MEDIA_RETRY_MAX_MS:      { value: 600_000, unit: 'ms', why: 'a server whose HTTP side is down for hours', beyond: 'stays' },
  MEDIA_REQUEST_MS:        { value: 120_000, unit: 'ms', why: 'MEDIA_BYTES over a slow line', beyond: '408' },

  // groups
  GROUP_MEMBERS:           { value: 257, unit: 'count', why: 'the figure that clients are told in Props (spec 6)', beyond: 'code 403; TETHER_ERR_LIMIT for who comes by a code' },
  GROUP_SUBJECT_CHARS:     { value: 100, unit: 'count', why: 'a name in a list; clients are told the figure in Props (spec 6)', beyond: 'TETHER_ERR_BODY' },
  GROUPS_PER_NUMBER:       { value: 500, unit: 'count', why: 'groups one number is in: all are named when its phone attaches', beyond: 'code 403; TETHER_ERR_LIMIT for the own group' },
  GROUP_CHANGES_RATE:      { value: 30, unit: 'per minute', why: 'per number; a change is mail to every member', beyond: 'TETHER_ERR_LIMIT' },
  GROUP_LEFT_MS:           { value: 86_400_000, unit: 'ms', why: 'who has left is not pulled in again by others within a day', beyond: 'code 408 before, 200 after' },

  // calls
  CALL_RING_MS:            { value: 45_000, unit: 'ms', why: 'as long as phones ring', beyond: 'a missed call' },
  CALLS_RINGING:           { value: 4, unit: 'count', why: 'calls that ring on one phone at once, one of each caller; a person answers one', beyond: 'a missed call at once; audited' },

  // history
  SYNC_BEFORE_MESSAGES:    { value: 19, unit: 'count', why: 'the batch size seen in captures (spec 9.1)', beyond: 'next batch' },
  SYNC_MESSAGE_BYTES:      { value: 1_048_576, unit: 'bytes', why: 'all messages of an initial sync; long ones in every chat would fill each queue on the way, and a slow reader would never get through', beyond: 'left out, of chats that rested longest; clients ask for it' },
  LIST_BYTES:              { value: 943_718, unit: 'bytes', why: 'the list of contacts or of chats; the rest of PHONE_FRAME_BYTES is for tag and seal', beyond: 'left out: people without a chat, chats that rested longest' },
  SYNC_RECENT_CHATS:       { value: 50, unit: 'count', why: 'chats that get a batch of unread and one of older messages in the initial sync; the rest is asked for', beyond: 'left out' },
  SYNC_UNREAD_MESSAGES:    { value: 100, unit: 'count', why: 'unread messages of one chat in the initial sync, so that a reader sees where to begin without asking; more is asked for', beyond: 'the newest of them' },
  FREQUENT_MESSAGES:       { value: 1_000, unit: 'count', why: 'messages that are looked at for the persons written to most often', beyond: 'left out' },
  RECEIPT_DELAY_MS:        { value: 3_000, unit: 'ms', why: 'receipts leave together after 1 to 3 s at random: their times would tell a sender when the phone is awake (research E7); a setting of the phones', beyond: 'never later' },
  RECEIPT_IDS:             { value: 500, unit: 'count', why: 'message ids in one receipt: far below MAIL_BYTES', beyond: 'next receipt' },
  CACHED_MESSAGES:         { value: 100, unit: 'count', why: 'of each chat in the cache of a browser: some screens of it; older ones are asked of the phone', beyond: 'not kept: the oldest' },
  BROWSER_BACKLOG:         { value: 256, unit: 'count', why: 'messages kept for a browser while the link to the server is away', beyond: 'full sync' },
  DOZE_QUEUE_FRAMES:       { value: 256, unit: 'count', why: 'browser frames kept while the phone dozes; a client has few open at once', beyond: 'drop dozeQueueFull' },
  LIST_RECIPIENTS:         { value: 256, unit: 'count', why: 'people on one broadcast list, as many as in a group', beyond: 'TETHER_ERR_LIMIT' },
  STORY_LIFE_MS:           { value: 86_400_000, unit: 'ms', why: 'stories are there for a day', beyond: 'deleted by each phone' },
  EMOJI_MESSAGES:          { value: 1_000, unit: 'count', why: 'own messages that are looked at for the emoji used most', beyond: 'left out' },
  EMOJI_ITEMS:             { value: 40, unit: 'count', why: 'a row of a picker', beyond: 'left out' },
  LINK_PREVIEW_MS:         { value: 3_000, unit: 'ms', why: 'a client waits for the preview before it sends the text', beyond: 'no preview' },
  LINK_PREVIEW_BYTES:      { value: 524_288, unit: 'bytes', why: 'what a page says of itself is in its head', beyond: 'no preview' },
  LINK_THUMBNAIL_BYTES:    { value: 16_384, unit: 'bytes', why: 'it travels inside the message', beyond: 'preview without picture' },
  HISTORY_PAGE:            { value: 300, unit: 'count', why: 'most messages in one history answer', beyond: 'cut' },
} as const satisfies Record<string, Limit>

export type LimitName = keyof typeof limits

/** The number of a limit. */
export function limit(name: LimitName): number {
  return limits[name].value
}
