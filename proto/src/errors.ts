/**
 * Every failure has a code. `fault` says whose rule was broken: `remote` = the input was bad, `local` = our own bug
 * or a broken installation. `status` is the HTTP status and `close` the WebSocket close code, where one applies.
 * Details never hold keys, tokens, secrets or message bodies.
 */
interface Row {
  readonly fault: 'remote' | 'local'
  readonly about: string
  readonly status?: number
  readonly close?: number
}

// prettier-ignore
export const errors = {
  // text and binary frames
  TETHER_ERR_FRAME_TAG:        { fault: 'remote', about: 'the message has no comma after its tag' },
  TETHER_ERR_FRAME_JSON:       { fault: 'remote', about: 'the text after the tag is not JSON' },
  TETHER_ERR_FRAME_LENGTH:     { fault: 'remote', about: 'a sealed frame is too short or not whole blocks' },
  TETHER_ERR_FRAME_MAC:        { fault: 'remote', about: 'a sealed frame does not open with these keys' },
  // nodes
  TETHER_ERR_NODE_TRUNCATED:   { fault: 'remote', about: 'the node ends before its content does' },
  TETHER_ERR_NODE_TOKEN:       { fault: 'remote', about: 'a byte stands where no such token or marker may' },
  TETHER_ERR_NODE_SIZE:        { fault: 'remote', about: 'a list size that no node can have' },
  TETHER_ERR_NODE_TEXT:        { fault: 'remote', about: 'a packed or UTF-8 text is malformed' },
  TETHER_ERR_NODE_DEPTH:       { fault: 'remote', about: 'nodes are nested deeper than the limit' },
  TETHER_ERR_NODE_COUNT:       { fault: 'remote', about: 'more nodes than the limit' },
  TETHER_ERR_NODE_OUTPUT:      { fault: 'remote', about: 'the decoded form would be far larger than the input' },
  TETHER_ERR_NODE_INPUT:       { fault: 'local',  about: 'this node cannot be written in the wire format' },
  // texts and keys
  TETHER_ERR_JID:              { fault: 'remote', about: 'not a JID' },
  TETHER_ERR_QR:               { fault: 'remote', about: 'not a pairing code: ref, 32-byte key and client id expected' },
  TETHER_ERR_BASE64:           { fault: 'remote', about: 'not base64' },
  TETHER_ERR_KEY_LENGTH:       { fault: 'remote', about: 'a key or IV of the wrong length' },
  TETHER_ERR_KEY_LOW_ORDER:    { fault: 'remote', about: 'a public key of low order' },
  TETHER_ERR_PADDING:          { fault: 'remote', about: 'wrong block length or padding' },
  TETHER_ERR_SECRET_LENGTH:    { fault: 'remote', about: 'the pairing secret is not 144 bytes' },
  TETHER_ERR_SECRET_MAC:       { fault: 'remote', about: 'the pairing secret was not made for this key' },
  TETHER_ERR_CHALLENGE_SHAPE:  { fault: 'remote', about: 'a challenge that could be the body of a frame is not answered' },
  TETHER_ERR_MEDIA_LENGTH:     { fault: 'remote', about: 'encrypted media too short or not whole blocks' },
  TETHER_ERR_MEDIA_MAC:        { fault: 'remote', about: 'encrypted media was altered or has another key' },
  TETHER_ERR_MEDIA_HASH:       { fault: 'remote', about: 'media does not have the announced hash or length', status: 400 },
  TETHER_ERR_MEDIA_AUTH:       { fault: 'remote', about: 'the right to upload media is missing, expired or not of this server', status: 401 },
  TETHER_ERR_MEDIA_EXPIRED:    { fault: 'remote', about: 'this media has expired at the server; a phone that has it can upload it again', status: 404 },
  TETHER_ERR_RANGE:            { fault: 'remote', about: 'there is no such part of it', status: 416 },
  TETHER_ERR_PROTOBUF:         { fault: 'remote', about: 'not a message of the expected protobuf type' },
  // doors
  TETHER_ERR_ORIGIN:           { fault: 'remote', about: 'this Origin may not use this door', status: 403 },
  TETHER_ERR_HOST:             { fault: 'remote', about: 'this Host name is not ours', status: 421 },
  TETHER_ERR_TLS:              { fault: 'remote', about: 'the TLS handshake failed; a client that does not know the test CA ends it' },
  TETHER_ERR_PROXY_TARGET:     { fault: 'remote', about: 'this proxy leads to this server only, under its legacy names', status: 403 },
  TETHER_ERR_BODY:             { fault: 'remote', about: 'the request does not have the documented shape', status: 400, close: 1008 },
  TETHER_ERR_NOT_FOUND:        { fault: 'remote', about: 'there is no such thing here', status: 404 },
  TETHER_ERR_LOGINS:           { fault: 'remote', about: 'the phone has as many linked browsers as it may (LOGINS_PER_PHONE); unpair one first', status: 409 },
  TETHER_ERR_LIMIT:            { fault: 'remote', about: 'too many or too much; try later', status: 429 },
  TETHER_ERR_TOO_LARGE:        { fault: 'remote', about: 'larger than the limit', status: 413, close: 1009 },
  TETHER_ERR_INTERNAL:         { fault: 'local',  about: 'an error of this program', status: 500, close: 1011 },
  // connections
  TETHER_ERR_STATE:            { fault: 'remote', about: 'this message is not allowed in this state', close: 1008 },
  TETHER_ERR_IDLE:             { fault: 'remote', about: 'nothing was heard for too long', close: 4408 },
  TETHER_ERR_SLOW:             { fault: 'remote', about: 'the far end does not read fast enough', close: 4408 },
  TETHER_ERR_REPLACED:         { fault: 'remote', about: 'a newer connection took this place', close: 4409 },
  TETHER_ERR_STOPPING:         { fault: 'local',  about: 'the server is stopping; come back', close: 1001, status: 503 },
  TETHER_ERR_VERSION:          { fault: 'remote', about: 'a version that this program does not speak', close: 4400 },
  TETHER_ERR_PHONE_AUTH:       { fault: 'remote', about: 'the phone could not prove its identity key', close: 4401, status: 401 },
  TETHER_ERR_RELAY_AUTH:       { fault: 'remote', about: 'the server could not prove the key that was pinned at registration', close: 4401 },
  TETHER_ERR_PHONE_AWAY:       { fault: 'remote', about: 'the phone is not connected', status: 503 },
  // accounts, pairing, logins
  TETHER_ERR_NUMBER:           { fault: 'remote', about: 'a number is 5 to 15 digits with country code', status: 400 },
  TETHER_ERR_ACCOUNT_UNKNOWN:  { fault: 'remote', about: 'nobody is registered under this number', status: 404 },
  TETHER_ERR_SMS_CODE:         { fault: 'remote', about: 'wrong or expired registration code', status: 403 },
  TETHER_ERR_SIGNATURE:        { fault: 'remote', about: 'a signature does not verify', status: 403 },
  TETHER_ERR_LOGIN:            { fault: 'remote', about: 'no such login, or the proof does not fit its keys', status: 401 },
  TETHER_ERR_REF_UNKNOWN:      { fault: 'remote', about: 'this pairing code is not known or has expired', status: 404 },
  TETHER_ERR_REF_USED:         { fault: 'remote', about: 'this pairing code was used already', status: 409 },
  TETHER_ERR_CONSENT_DENIED:   { fault: 'remote', about: 'the person at the phone refused', status: 403 },
  TETHER_ERR_CONSENT_NETWORK:  { fault: 'remote', about: 'the browser is in another network than the phone: that has to be confirmed as well', status: 409 },
  TETHER_ERR_CONSENT_PENDING:  { fault: 'remote', about: 'nobody at the phone has decided yet', status: 409 },
  // groups
  TETHER_ERR_GROUP_UNKNOWN:    { fault: 'remote', about: 'there is no such group, or no such invitation', status: 404 },
  TETHER_ERR_GROUP_MEMBER:     { fault: 'remote', about: 'only members of the group may do this', status: 401 },
  TETHER_ERR_GROUP_RIGHT:      { fault: 'remote', about: 'only admins of the group may do this', status: 403 },
  // mail between phones
  TETHER_ERR_MAIL_ORDER:       { fault: 'remote', about: 'mail out of order; the expected counter is named' },
  TETHER_ERR_MAILBOX_FULL:     { fault: 'remote', about: 'the mailbox of the recipient is full' },
  TETHER_ERR_IDENTITY_CHANGED: { fault: 'remote', about: 'the identity key of this contact is not the known one' },
  TETHER_ERR_SIGNAL_MESSAGE:   { fault: 'remote', about: 'a Signal message that does not decrypt' },
  // stores
  TETHER_ERR_STORE_VERSION:    { fault: 'local',  about: 'the stored file is of another version or program' },
  TETHER_ERR_STORE_DURABILITY: { fault: 'local',  about: 'the database does not sync commits as required' },
  TETHER_ERR_STORE_WRITE:      { fault: 'local',  about: 'the database cannot be written: full, read-only or failing disk' },
  TETHER_ERR_STORE_LOCKED:     { fault: 'local',  about: 'another process has the stored file open; TETHER_DATA_DIR chooses another folder' },
  TETHER_ERR_STORE_DAMAGED:    { fault: 'local',  about: 'the stored file cannot be read' },
  TETHER_ERR_VAULT:            { fault: 'local',  about: 'the vault does not open with this passphrase, or was altered' },
  TETHER_ERR_WAIT:             { fault: 'local',  about: 'what was waited for did not happen in time' },
  TETHER_ERR_PORT:             { fault: 'local',  about: 'the port is taken by another program' },
  TETHER_ERR_CONFIG:           { fault: 'local',  about: 'a setting has a value that makes no sense' },
} as const satisfies Record<string, Row>

export type ErrorCode = keyof typeof errors

export class TetherError extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, detail?: string, options?: ErrorOptions) {
    super(detail ? `${errors[code].about}: ${detail}` : errors[code].about, options)
    this.name = 'TetherError'
    this.code = code
  }
  get row(): Row {
    return errors[this.code]
  }
}

/** The code of any thrown value; what is not ours is TETHER_ERR_INTERNAL. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof TetherError ? error.code : 'TETHER_ERR_INTERNAL'
}
