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
  close:                { story: 'clients/baileys3-resumes' },
  logout:               { story: 'clients/baileys3-logs-out' },
  loadAuthInfo:         { local: 'sets what it kept; the stage of every story that resumes calls it' },
  base64EncodedAuthInfo: { local: 'what it keeps' },
  canLogin:             { local: 'whether it has keys' },
  clearAuthInfo:        { local: 'forgets its keys' },
  requestNewQRCodeRef:  { story: 'clients/baileys3-asks-in-its-own-words' },
  unexpectedDisconnect: { local: 'closes its socket and perhaps opens another' },
  on:                   { local: 'listens' },
  emit:                 { local: 'tells its listeners' },
  generateMessageTag:   { local: 'counts' },
  // the parts that the others are made of
  query:                { story: 'clients/baileys3-asks-in-its-own-words' },
  setQuery:             { story: 'clients/baileys3-asks-in-its-own-words' },
  waitForMessage:       { story: 'clients/baileys3-asks-in-its-own-words' },
  // people
  isOnWhatsApp:         { story: 'clients/baileys3-people' },
  updatePresence:       { story: 'clients/baileys3-people' },
  requestPresenceUpdate: { story: 'clients/baileys3-people' },
  getStatus:            { story: 'clients/baileys3-people' },
  setStatus:            { story: 'clients/baileys3-people' },
  updateProfileName:    { story: 'clients/baileys3-people' },
  getProfilePicture:    { story: 'clients/baileys3-people' },
  updateProfilePicture: { story: 'clients/baileys3-people' },
  blockUser:            { story: 'clients/baileys3-people' },
  getBusinessProfile:   { story: 'clients/baileys3-people' },
  updateBusinessProfile: { story: 'clients/baileys3-people' },
  // lists
  getContacts:          { story: 'clients/baileys3-chats' },
  getChats:             { story: 'clients/baileys3-chats' },
  loadChats:            { story: 'clients/baileys3-chats' },
  getStories:           { story: 'clients/baileys3-stories-and-lists' },
  getBroadcastListInfo: { story: 'clients/baileys3-stories-and-lists' },
  // chats
  modifyChat:           { story: 'clients/baileys3-chats' },
  chatRead:             { story: 'clients/baileys3-chats' },
  sendReadReceipt:      { story: 'clients/baileys3-chats' },
  starMessage:          { story: 'clients/baileys3-chats' },
  clearMessage:         { story: 'clients/baileys3-chats' },
  // messages
  sendMessage:          { story: 'clients/baileys3-messages' },
  sendListMessage:      { story: 'clients/baileys3-messages' },
  deleteMessage:        { story: 'clients/baileys3-messages' },
  forwardMessage:       { story: 'clients/baileys3-messages' },
  relayWAMessage:       { story: 'long/baileys3-own-flows' },
  toggleDisappearingMessages: { story: 'clients/baileys3-messages' },
  prepareMessage:       { local: 'builds a message' },
  prepareMessageContent: { local: 'builds a message' },
  prepareMessageFromContent: { local: 'builds a message' },
  prepareDisappearingMessageSettingContent: { local: 'builds a message' },
  generateForwardMessageContent: { local: 'builds a message' },
  generateLinkPreview:  { story: 'clients/baileys3-asks-in-its-own-words' },
  // history
  loadMessages:         { story: 'clients/baileys3-messages' },
  fetchMessagesFromWA:  { story: 'clients/baileys3-messages' },
  loadAllMessages:      { story: 'clients/baileys3-messages' },
  loadAllUnreadMessages: { story: 'clients/baileys3-messages' },
  loadMessage:          { story: 'clients/baileys3-messages' },
  findMessage:          { story: 'clients/baileys3-messages' },
  messagesReceivedAfter: { story: 'clients/baileys3-messages' },
  searchMessages:       { story: 'clients/baileys3-messages' },
  messageInfo:          { story: 'clients/baileys3-messages' },
  // files
  prepareMessageMedia: { local: 'the part of sendMessage that uploads a file' },
  downloadMediaMessage: { story: 'clients/baileys3-media' },
  downloadAndSaveMediaMessage: { local: 'downloadMediaMessage, and then a file' },
  updateMediaMessage:   { story: 'clients/baileys3-media' },
  // groups
  groupMetadata:        { story: 'clients/baileys3-groups' },
  fetchGroupMetadataFromWA: { story: 'clients/baileys3-groups' },
  groupMetadataMinimal: { story: 'clients/baileys3-groups' },
  groupCreate:          { story: 'clients/baileys3-groups' },
  groupLeave:           { story: 'clients/baileys3-groups' },
  groupAdd:             { story: 'clients/baileys3-groups' },
  groupRemove:          { story: 'clients/baileys3-groups' },
  groupMakeAdmin:       { story: 'clients/baileys3-groups' },
  groupDemoteAdmin:     { story: 'clients/baileys3-groups' },
  groupUpdateSubject:   { story: 'clients/baileys3-groups' },
  groupUpdateDescription: { story: 'clients/baileys3-groups' },
  groupSettingChange:   { story: 'clients/baileys3-groups' },
  groupQuery:           { story: 'clients/baileys3-groups' },
  groupInviteCode:      { story: 'clients/baileys3-groups' },
  acceptInvite:         { story: 'clients/baileys3-groups' },
  revokeInvite:         { story: 'clients/baileys3-groups' },
}
