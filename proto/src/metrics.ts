/**
 * The two bytes that a browser writes between the tag and the sealed body of a binary frame (spec 2.3). A server
 * accepts any value and decides nothing by them: clients disagree about the numbers.
 */

/** First byte: what kind of request it is. Baileys calls 3 liveLocation and 22 queryRead. */
export const metrics = {
  DEBUG_LOG: 1,
  QUERY_RESUME: 2,
  QUERY_RECEIPT: 3,
  QUERY_MEDIA: 4,
  QUERY_CHAT: 5,
  QUERY_CONTACTS: 6,
  QUERY_MESSAGES: 7,
  PRESENCE: 8,
  PRESENCE_SUBSCRIBE: 9,
  GROUP: 10,
  READ: 11,
  CHAT: 12,
  RECEIVED: 13,
  PIC: 14,
  STATUS: 15,
  MESSAGE: 16,
  QUERY_ACTIONS: 17,
  BLOCK: 18,
  QUERY_GROUP: 19,
  QUERY_PREVIEW: 20,
  QUERY_EMOJI: 21,
  QUERY_MESSAGE_INFO: 22,
  SPAM: 23,
  QUERY_SEARCH: 24,
  QUERY_IDENTITY: 25,
  QUERY_URL: 26,
  PROFILE: 27,
  CONTACT: 28,
  QUERY_VCARD: 29,
  QUERY_STATUS: 30,
  QUERY_STATUS_UPDATE: 31,
  PRIVACY_STATUS: 32,
  QUERY_LIVE_LOCATIONS: 33,
  LIVE_LOCATION: 34,
  QUERY_VNAME: 35,
  QUERY_LABELS: 36,
  CALL: 37,
  QUERY_CALL: 38,
  QUERY_QUICK_REPLIES: 39,
  QUERY_CALL_OFFER: 40,
  QUERY_RESPONSE: 41,
  QUERY_STICKER_PACKS: 42,
  QUERY_STICKERS: 43,
  ADD_OR_REMOVE_LABELS: 44,
  QUERY_NEXT_LABEL_COLOR: 45,
  QUERY_LABEL_PALETTE: 46,
  CREATE_OR_DELETE_LABELS: 47,
  EDIT_LABELS: 48,
} as const

/** Second byte: bits, combined with OR. */
export const flags = {
  IGNORE: 128,
  ACK_REQUEST: 64,
  AVAILABLE: 32,
  NOT_AVAILABLE: 16,
  EXPIRES: 8,
  SKIP_OFFLINE: 4,
} as const

export type MetricName = keyof typeof metrics
export type FlagName = keyof typeof flags

const metricNames = new Map<number, MetricName>(
  Object.entries(metrics).map(([name, value]) => [value, name as MetricName]),
)

/** The name of a metric byte, for people; undefined for numbers nobody named. */
export function metricName(metric: number): MetricName | undefined {
  return metricNames.get(metric)
}

/** The names of the bits that are set, highest first. */
export function flagNames(value: number): FlagName[] {
  return (Object.keys(flags) as FlagName[]).filter((name) => (value & flags[name]) !== 0)
}
