/** Why a frame was not delivered. The same name is the metric label and what the phone is told in `dropped`. */
export const dropReasons = {
  notLoggedIn: 'a binary frame came before Conn was sent',
  awayQueueFull: 'the phone is away and the queue of this browser is full',
  openTestsFull: 'the phone is away and too many tests wait; the oldest is forgotten',
  heldFull: 'too many frames within the hold after Conn',
  slowReader: 'the far end does not read and its queue is full',
  noSuchConnection: 'the browser connection has ended, or belongs to another phone',
  linkGap: 'frames lost with a link of the phone lie too far back to be sent again',
  staleEpoch: 'the frame belongs to an older opening of the login',
  malformed: 'the frame has no message tag, or the relay header is wrong',
  phoneGone: 'the browser closed while its requests waited for the phone',
} as const

export type DropReason = keyof typeof dropReasons
