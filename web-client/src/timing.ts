/** Times of the browser client, in milliseconds, each with its reason. The limits of the other parties are in proto. */
export const KEEP_ALIVE_MS = 20_000 // as the legacy client (spec 1.2)
export const KEEP_ALIVE_LATE_MS = 25_000 // an answer later than one period and some slack: the server is gone
export const ANSWER_MS = 15_000 // a server answers init, reref and challenge at once
export const LOGIN_REPEAT_MS = 10_000 // the same login, same tag, until answered (spec 1.3)
export const PHONE_SILENT_MS = 15_000 // an unanswered request asks whether the phone is there (spec 12)
export const PHONE_TEST_MS = 15_000 // and asks again
export const GIVE_UP_AFTER_PONG_MS = 10_000 // the phone is back and still does not answer (spec 1.3)
export const CHAT_LIST_MS = 10_000 // ask for the chat list when none came unasked (spec 9.2)
export const SYNC_SETTLED_MS = 2_000 // no batch for so long: the initial sync is over (spec 1.3)
export const RETRY_MIN_MS = 1_000 // first reconnect; doubles
export const RETRY_MAX_MS = 30_000
export const REF_TTL_DEFAULT_MS = 20_000 // when the answer has no ttl (spec 4)
export const REF_GRACE_MS = 20_000 // the last code may be scanned while it runs out: hear the answer
export const REF_RENEWALS = 5 // as the original client (spec 5.2)
export const HISTORY_COUNT = 25 // messages in one page of history
export const SEARCH_COUNT = 25 // messages in one page of what was found
export const LOOKUP_COUNT = 50 // messages in one page of starred ones, or of files: small tiles on a screen
