/**
 * The dictionary of the legacy node format (spec 17.2): words that are written as one byte. The second,
 * double-byte dictionary of the format is empty, so it has no table here.
 */

/** Byte value of the first word. */
const FIRST_TOKEN = 3

// prettier-ignore
const words = [
  '200', '400', '404', '500', '501', '502', 'action', 'add', 'after', 'archive', 'author', 'available',
  'battery', 'before', 'body', 'broadcast', 'chat', 'clear', 'code', 'composing', 'contacts', 'count',
  'create', 'debug', 'delete', 'demote', 'duplicate', 'encoding', 'error', 'false', 'filehash', 'from',
  'g.us', 'group', 'groups_v2', 'height', 'id', 'image', 'in', 'index', 'invis', 'item', 'jid', 'kind',
  'last', 'leave', 'live', 'log', 'media', 'message', 'mimetype', 'missing', 'modify', 'name',
  'notification', 'notify', 'out', 'owner', 'participant', 'paused', 'picture', 'played', 'presence',
  'preview', 'promote', 'query', 'raw', 'read', 'receipt', 'received', 'recipient', 'recording', 'relay',
  'remove', 'response', 'resume', 'retry', 's.whatsapp.net', 'seconds', 'set', 'size', 'status',
  'subject', 'subscribe', 't', 'text', 'to', 'true', 'type', 'unarchive', 'unavailable', 'url', 'user',
  'value', 'web', 'width', 'mute', 'read_only', 'admin', 'creator', 'short', 'update', 'powersave',
  'checksum', 'epoch', 'block', 'previous', '409', 'replaced', 'reason', 'spam', 'modify_tag',
  'message_info', 'delivery', 'emoji', 'title', 'description', 'canonical-url', 'matched-text', 'star',
  'unstar', 'media_key', 'filename', 'identity', 'unread', 'page', 'page_count', 'search',
  'media_message', 'security', 'call_log', 'profile', 'ciphertext', 'invite', 'gif', 'vcard', 'frequent',
  'privacy', 'blacklist', 'whitelist', 'verify', 'location', 'document', 'elapsed', 'revoke_invite',
  'expiration', 'unsubscribe', 'disable', 'vname', 'old_jid', 'new_jid', 'announcement', 'locked',
  'prop', 'label', 'color', 'call', 'offer', 'call-id', 'quick_reply', 'sticker', 'pay_t', 'accept',
  'reject', 'sticker_pack', 'invalid', 'canceled', 'missed', 'connected', 'result', 'audio', 'video',
  'recent',
] as const

/** A word of the dictionary. */
export type Token = (typeof words)[number]

/** The word of each byte value; undefined where the byte is no token. */
export const tokenOfByte: readonly (Token | undefined)[] = [
  ...Array.from({ length: FIRST_TOKEN }, () => undefined),
  ...words,
]

/** The byte value of each word. */
export const byteOfToken: ReadonlyMap<string, number> = new Map(
  words.map((word, index) => [word, index + FIRST_TOKEN]),
)

/** No word is longer, so longer texts need no look-up. */
export const LONGEST_TOKEN = words.reduce((longest, word) => Math.max(longest, word.length), 0)
