/**
 * Every method of Baileys 4.4.0's legacy socket: the story in `test` that calls it, or why there is none. A test reads
 * the methods off a real socket and looks for the calls.
 */
export type MethodRow =
  | { readonly story: string }
  /** Nothing of it reaches the server. */
  | { readonly local: string }

// prettier-ignore
export const baileys4Methods: Readonly<Record<string, MethodRow>> = {
  // connection
  logout:                  { story: 'baileys4-logs-out' },
  end:                     { local: 'closes the socket; the stage of every story calls it' },
  sendAdminTest:           { story: 'baileys4-phone-goes-away' },
  canLogin:                { local: 'whether it has keys' },
  updateKeys:              { local: 'sets the keys that it got when pairing' },
  waitForSocketOpen:       { local: 'waits for its own socket' },
  waitForConnectionUpdate: { local: 'waits for its own event' },
  generateMessageTag:      { local: 'counts' },
  currentEpoch:            { local: 'counts' },
  // the parts that the others are made of
  query:                   { story: 'baileys4-asks-in-its-own-words' },
  setQuery:                { story: 'baileys4-asks-in-its-own-words' },
  sendNode:                { story: 'baileys4-asks-in-its-own-words' },
  waitForMessage:          { story: 'baileys4-asks-in-its-own-words' },
  // chats
  sendChatsQuery:          { story: 'baileys4-changes-chats' },
  chatRead:                { story: 'baileys4-changes-chats' },
  chatModify:              { story: 'baileys4-changes-chats' },
  // people
  onWhatsApp:              { story: 'baileys4-asks-about-people' },
  sendPresenceUpdate:      { story: 'baileys4-presence' },
  presenceSubscribe:       { story: 'baileys4-presence' },
  blockUser:               { story: 'baileys4-blocks' },
  profilePictureUrl:       { story: 'baileys4-profile' },
  updateProfilePicture:    { story: 'baileys4-profile' },
  getStatus:               { story: 'baileys4-profile' },
  setStatus:               { story: 'baileys4-profile' },
  updateProfileName:       { story: 'baileys4-profile' },
  getBusinessProfile:      { story: 'baileys4-profile' },
  updateBusinessProfile:   { story: 'baileys4-profile' },
  getBroadcastListInfo:    { story: 'baileys4-meets-refusals' },
  // messages
  sendMessage:             { story: 'baileys4-pairs-and-chats' },
  relayMessage:            { story: 'baileys4-sends-contents' },
  fetchMessagesFromWA:     { story: 'baileys4-history' },
  loadMessageFromWA:       { story: 'baileys4-history' },
  searchMessages:          { story: 'baileys4-history' },
  messageInfo:             { story: 'baileys4-asks-about-people' },
  generateUrlInfo:         { story: 'baileys4-previews-links' },
  waUploadToServer:        { story: 'baileys4-media' },
  downloadMediaMessage:    { story: 'baileys4-media' },
  updateMediaMessage:      { story: 'baileys4-media' },
  // groups
  groupMetadata:           { story: 'baileys4-groups' },
  groupCreate:             { story: 'baileys4-groups' },
  groupLeave:              { story: 'baileys4-groups' },
  groupUpdateSubject:      { story: 'baileys4-groups' },
  groupUpdateDescription:  { story: 'baileys4-groups' },
  groupParticipantsUpdate: { story: 'baileys4-groups' },
  groupInviteCode:         { story: 'baileys4-groups' },
  // shops: no part of the reference (spec 15)
  getOrderDetails:         { story: 'baileys4-meets-refusals' },
  getCatalog:              { story: 'baileys4-meets-refusals' },
  productCreate:           { story: 'baileys4-meets-refusals' },
  productDelete:           { story: 'baileys4-meets-refusals' },
  productUpdate:           { story: 'baileys4-meets-refusals' },
}
