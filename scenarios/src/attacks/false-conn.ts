/** The push with which a pairing ends, made by somebody who is no phone. */

/** `["Conn", {…}]` with every member that clients look at; `secret` is base64. */
export function falseConn(given: {
  readonly secret: string
  readonly wid: string
}): readonly [string, object] {
  const tokens = { clientToken: 'a', serverToken: 'b', browserToken: 'c' }
  const phone = {
    battery: 50,
    plugged: true,
    platform: 'android',
    lc: 'US',
    lg: 'en',
    phone: {},
    features: {},
  }
  const rest = { pushname: 'Nobody', connected: true, tos: 0, is24h: true, ref: '1@x' }
  return ['Conn', { ...given, ...tokens, ...phone, ...rest }]
}
