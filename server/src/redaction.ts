/** Names whose values never reach a log line, at any of the first three levels of an object. */
const names = [
  'secret',
  'clientToken',
  'serverToken',
  'browserToken',
  'token',
  'smsCode',
  'identityKey',
  'signature',
  'body',
  'frame',
  'authorization',
  'cookie',
]

export const REDACTED: string[] = names.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
