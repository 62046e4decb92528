/**
 * Every public method of Baileys 3.5.3: the story that calls it, or why there is none. A test reads the methods off the
 * library's own type declarations and looks for the calls.
 */
export type MethodRow =
  | { readonly story: string }
  /** Nothing of it reaches the server. */
  | { readonly local: string }

// prettier-ignore
export const baileys3Methods: Readonly<Record<string, MethodRow>> = {
  // connection
  connect:              { story: 'long/baileys3-own-flows' },
  close:                { story: 'test/baileys3-resumes' },
  logout:               { story: 'test/baileys3-logs-out' },
  loadAuthInfo:         { local: 'sets what it kept; the stage of every story that resumes calls it' },
  base64EncodedAuthInfo: { local: 'what it keeps' },
  canLogin:             { local: 'whether it has keys' },
  clearAuthInfo:        { local: 'forgets its keys' },
  requestNewQRCodeRef:  { story: 'test/baileys3-asks-in-its-own-words' },
  unexpectedDisconnect: { local: 'closes its socket and perhaps opens another' },
  on:                   { local: 'listens' },
  emit:                 { local: 'tells its listeners' },
  generateMessageTag:   { local: 'counts' },
  // the parts that the others are made of
  query:                { story: 'test/baileys3-asks-in-its-own-words' },
  setQuery:             { story: 'test/baileys3-asks-in-its-own-words' },
  waitForMessage:       { story: 'test/baileys3-asks-in-its-own-words' },
  // people
  isOnWhatsApp:         { story: 'test/baileys3-people' },
  updatePresence:       { story: 'test/baileys3-people' },
  requestPresenceUpdate: { story: 'test/baileys3-people' },
  getStatus:            { story: 'test/baileys3-people' },
  setStatus:            { story: 'test/baileys3-people' },
  updateProfileName:    { story: 'test/baileys3-people' },
  getProfilePicture:    { story: 'test/baileys3-people' },
  updateProfilePicture: { story: 'test/baileys3-people' },
  blockUser:            { story: 'test/baileys3-people' },
  getBusinessProfile:   { story: 'test/baileys3-people' },
  updateBusinessProfile: { story: 'test/baileys3-people' },
  // lists
  getContacts:          { story: 'test/baileys3-chats' },
  getChats:             { story: 'test/baileys3-chats' },
  loadChats:            { story: 'test/baileys3-chats' },
  getStories:           { story: 'test/baileys3-stories-and-lists' },
  getBroadcastListInfo: { story: 'test/baileys3-stories-and-lists' },
  // chats
  modifyChat:           { story: 'test/baileys3-chats' },
  chatRead:             { story: 'test/baileys3-chats' },
  sendReadReceipt:      { story: 'test/baileys3-chats' },
  starMessage:          { story: 'test/baileys3-chats' },
  clearMessage:         { story: 'test/baileys3-chats' },
  // messages
  sendMessage:          { story: 'test/baileys3-messages' },
  sendListMessage:      { story: 'test/baileys3-messages' },
  deleteMessage:        { story: 'test/baileys3-messages' },
  forwardMessage:       { story: 'test/baileys3-messages' },
  relayWAMessage:       { story: 'long/baileys3-own-flows' },
  toggleDisappearingMessages: { story: 'test/baileys3-messages' },
  prepareMessage:       { local: 'builds a message' },
  prepareMessageContent: { local: 'builds a message' },
  prepareMessageFromContent: { local: 'builds a message' },
  prepareDisappearingMessageSettingContent: { local: 'builds a message' },
  generateForwardMessageContent: { local: 'builds a message' },
  generateLinkPreview:  { story: 'test/baileys3-asks-in-its-own-words' },
  // history
  loadMessages:         { story: 'test/baileys3-messages' },
  fetchMessagesFromWA:  { story: 'test/baileys3-messages' },
  loadAllMessages:      { story: 'test/baileys3-messages' },
  loadAllUnreadMessages: { story: 'test/baileys3-messages' },
  loadMessage:          { story: 'test/baileys3-messages' },
  findMessage:          { story: 'test/baileys3-messages' },
  messagesReceivedAfter: { story: 'test/baileys3-messages' },
  searchMessages:       { story: 'test/baileys3-messages' },
  messageInfo:          { story: 'test/baileys3-messages' },
  // files
  prepareMessageMedia: { local: 'the part of sendMessage that uploads a file' },
  downloadMediaMessage: { story: 'test/baileys3-media' },
  downloadAndSaveMediaMessage: { local: 'downloadMediaMessage, and then a file' },
  updateMediaMessage:   { story: 'test/baileys3-media' },
  // groups
  groupMetadata:        { story: 'test/baileys3-groups' },
  fetchGroupMetadataFromWA: { story: 'test/baileys3-groups' },
  groupMetadataMinimal: { story: 'test/baileys3-groups' },
  groupCreate:          { story: 'test/baileys3-groups' },
  groupLeave:           { story: 'test/baileys3-groups' },
  groupAdd:             { story: 'test/baileys3-groups' },
  groupRemove:          { story: 'test/baileys3-groups' },
  groupMakeAdmin:       { story: 'test/baileys3-groups' },
  groupDemoteAdmin:     { story: 'test/baileys3-groups' },
  groupUpdateSubject:   { story: 'test/baileys3-groups' },
  groupUpdateDescription: { story: 'test/baileys3-groups' },
  groupSettingChange:   { story: 'test/baileys3-groups' },
  groupQuery:           { story: 'test/baileys3-groups' },
  groupInviteCode:      { story: 'test/baileys3-groups' },
  acceptInvite:         { story: 'test/baileys3-groups' },
  revokeInvite:         { story: 'test/baileys3-groups' },
}
