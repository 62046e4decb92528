/** What the relay calls a frame, in words of people. A name that has none here is shown as it is. */
// prettier-ignore
const words: Readonly<Record<string, string>> = {
  welcome: 'greeting', attach: 'proves its number', attached: 'is let in',
  device: 'battery and model', publish: 'public keys', prekeysShort: 'public keys run short', bundle: 'asks for public keys', reply: 'answer',
  lookRef: 'who shows this code?', claimRef: 'pairs, with a secret', unpair: 'ends a browser',
  browser: 'a browser is open', resume: 'goes on from here', browserGone: 'a browser is gone',
  loggedOut: 'a browser logged out', push: 'tells its browser', presence: 'available, or typing',
  mailed: 'mail is stored', taken: 'mail was taken', probe: 'are you awake?', pong: 'awake',
  'mail prekey': 'mail, the first', 'mail whisper': 'mail', 'mail receipt': 'receipt',
  'delivery prekey': 'mail, the first', 'delivery whisper': 'mail', 'delivery receipt': 'receipt',
  init: 'wants a code', login: 'logs in', reref: 'wants a new code', subscribePresence: 'asks who is there',
  Conn: 'is let in', Cmd: 'command', Msg: 'tick', MsgInfo: 'tick of one member', Presence: 'who is there',
  refused: 'is turned away', judge: 'is this really your browser?', judgeLogout: 'does your browser log out?', dropped: 'a browser got less than was sent',
  mailRefused: 'mail is refused', about: 'new status text', picture: 'new picture', business: 'business profile',
  block: 'blocks a number', roster: 'whose news it wants', profileChanged: 'somebody has a new picture',
  mediaAuth: 'may it upload a file?', groupCreate: 'founds a group', groupChange: 'changes a group',
  groupFacts: 'asks about a group', groupJoin: 'joins a group', groupInvite: 'invitation to a group',
  challenge: 'proves that it has its keys', logout: 'logs out', test: 'is the phone there?',
  exist: 'is this number registered?', pictureUrl: 'asks for a picture', aboutText: 'asks for a status text',
  groupMetadata: 'asks about a group', mediaConn: 'may it upload a file?', inviteCode: 'invitation to a group',
  acceptInvite: 'joins a group', resetInvite: 'makes a new invitation', broadcastList: 'asks for a list',
  lastSeen: 'when was somebody here?', encryptedUpload: 'may it upload a file?',
  Chat: 'a group has changed', Call: 'call', Status: 'new status text', Pong: 'phone is there', Stream: 'version', Props: 'settings', Blocklist: 'blocked numbers',
}

export function wordsOfFrame(label: string): string {
  return words[label] ?? label
}
