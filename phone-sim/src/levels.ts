/** How far a message has come at its reader, and the `ack` number of it in JSON; the status of the message is one more. */
export const acks = { server: 1, delivered: 2, read: 3, played: 4 } as const

/** What a receipt tells. */
export type Level = Exclude<keyof typeof acks, 'server'>
