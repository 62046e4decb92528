/**
 * Live locations: one message whose content moves. Every move is a whole message under the same key with the next
 * sequence number, so an old place never takes the place of a newer one (messages.md 4, spec 10.3). Pure.
 */
import { clone, isFieldSet, type MessageInitShape } from '@bufbuild/protobuf'
import {
  type LiveLocationMessage,
  LiveLocationMessageSchema,
  WebMessageInfoSchema,
} from './gen/web-message_pb.ts'
import { contentOf, type WebMessageInfo } from './web-message.ts'

/** Degrees, metres, metres a second; what is absent stays as it was. */
export type Place = Pick<
  Exclude<MessageInitShape<typeof LiveLocationMessageSchema>, LiveLocationMessage>,
  | 'degreesLatitude'
  | 'degreesLongitude'
  | 'accuracyInMeters'
  | 'speedInMps'
  | 'degreesClockwiseFromMagneticNorth'
>

export function isLiveLocation(info: WebMessageInfo): boolean {
  return liveLocationOf(info) !== null
}

/** A copy of the message that is somewhere else, later than `info` was; null when it is no live location. */
export function movedLocation(info: WebMessageInfo, place: Place, atS: number): WebMessageInfo | null {
  const moved = clone(WebMessageInfoSchema, info) as WebMessageInfo
  const location = liveLocationOf(moved)
  if (location === null) return null
  for (const [field, value] of Object.entries(place))
    if (value !== undefined) Object.assign(location, { [field]: value })
  location.sequenceNumber = sequenceOf(location) + 1n
  location.timeOffset = Math.max(0, atS - Number(info.messageTimestamp))
  return moved
}

/** Both are live locations, and `now` was sent after `before`. */
export function isNewerPlace(now: WebMessageInfo, before: WebMessageInfo): boolean {
  const [later, earlier] = [liveLocationOf(now), liveLocationOf(before)]
  return later !== null && earlier !== null && sequenceOf(later) > sequenceOf(earlier)
}

function liveLocationOf(info: WebMessageInfo): LiveLocationMessage | null {
  return contentOf(info)?.liveLocationMessage ?? null
}

function sequenceOf(location: LiveLocationMessage): bigint {
  return isFieldSet(location, LiveLocationMessageSchema.field.sequenceNumber) ? location.sequenceNumber : 0n
}
