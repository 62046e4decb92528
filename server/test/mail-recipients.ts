/** Phones that mail-depositor sends to; several, so that no share of a mailbox runs full. */
export const recipients = Array.from({ length: 10 }, (_, i) => `4400000${i}`)
