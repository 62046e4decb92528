/**
 * One content of every kind that messages.md names, and some that it does not: what phones must pass on unharmed.
 * Those with `unknown` hold fields that no schema of this project has.
 */
import type { ContentInit } from 'proto/contents'
import { BOB_JID } from './backstory.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)
const file = {
  url: 'https://127.0.0.1/mms/none',
  directPath: '/mms/none',
  mediaKey: new Uint8Array(32).fill(1),
  fileSha256: new Uint8Array(32).fill(2),
  fileEncSha256: new Uint8Array(32).fill(3),
  fileLength: 1234n,
  mediaKeyTimestamp: 1_600_000_000n,
}
const quote = {
  stanzaId: 'AAAA0000000000000000000000000001',
  participant: BOB_JID,
  quotedMessage: { conversation: 'what was asked' },
}
const vcard = 'BEGIN:VCARD\nVERSION:3.0\nFN:Nora\nTEL;waid=15550006666:+1 555 000 6666\nEND:VCARD'

// prettier-ignore
export const contents: Readonly<Record<string, ContentInit>> = {
  'a text': { conversation: 'mail me @ home, ünïcödé 👋 \u0000 and all' },
  'a quote': { extendedTextMessage: { text: 'an answer', contextInfo: quote } },
  'a mention': { extendedTextMessage: { text: 'ask @15550002222', contextInfo: { mentionedJid: [BOB_JID] } } },
  'a forwarded text': { extendedTextMessage: { text: 'read this', contextInfo: { isForwarded: true, forwardingScore: 2 } } },
  'a link with preview': { extendedTextMessage: { text: 'see http://127.0.0.1/plums', matchedText: 'http://127.0.0.1/plums', canonicalUrl: 'http://127.0.0.1/plums', title: 'Plums', description: 'All of them', jpegThumbnail: bytes(0xff, 0xd8, 0xff) } },
  'an image': { imageMessage: { ...file, mimetype: 'image/jpeg', caption: 'look', width: 640, height: 480, jpegThumbnail: bytes(0xff, 0xd8) } },
  'a video': { videoMessage: { ...file, mimetype: 'video/mp4', seconds: 3, gifPlayback: false, streamingSidecar: bytes(1, 2, 3) } },
  'a gif': { videoMessage: { ...file, mimetype: 'video/mp4', gifPlayback: true } },
  'an audio file': { audioMessage: { ...file, mimetype: 'audio/mpeg', seconds: 5 } },
  'a voice note': { audioMessage: { ...file, mimetype: 'audio/ogg; codecs=opus', seconds: 5, ptt: true } },
  'a document': { documentMessage: { ...file, mimetype: 'text/plain', title: 'Plan', fileName: 'plan.txt', pageCount: 1 } },
  'a sticker': { stickerMessage: { ...file, mimetype: 'image/webp', width: 64, height: 64, isAnimated: false } },
  'a view-once image': { viewOnceMessage: { message: { imageMessage: { ...file, viewOnce: true } } } },
  'a location': { locationMessage: { degreesLatitude: 52.52, degreesLongitude: 13.405, name: 'Bridge', address: 'Mill Street' } },
  'a live location': { liveLocationMessage: { degreesLatitude: 52.52, degreesLongitude: -0.0001, accuracyInMeters: 10, sequenceNumber: 1n, caption: 'on my way' } },
  'a contact': { contactMessage: { displayName: 'Nora', vcard } },
  'several contacts': { contactsArrayMessage: { displayName: 'two', contacts: [{ displayName: 'Nora', vcard }, { displayName: 'Joe', vcard }] } },
  'a group invitation': { groupInviteMessage: { groupJid: '15550002222-1600000000@g.us', inviteCode: 'AbCdEf', inviteExpiration: 1_700_000_000n, groupName: 'Choir', caption: 'join us' } },
  'a list': { listMessage: { title: 'Menu', description: 'Choose', buttonText: 'Open', listType: 1, sections: [{ title: 'Soup', rows: [{ title: 'Pumpkin', rowId: '1' }] }] } },
  'a choice from a list': { listResponseMessage: { title: 'Pumpkin', listType: 1, singleSelectReply: { selectedRowId: '1' } } },
  'buttons': { buttonsMessage: { contentText: 'Sure?', headerType: 1, buttons: [{ buttonId: 'y', buttonText: { displayText: 'Yes' }, type: 1 }] } },
  'an answer to buttons': { buttonsResponseMessage: { selectedButtonId: 'y', selectedDisplayText: 'Yes', type: 1 } },
  'a template': { templateMessage: { hydratedTemplate: { hydratedContentText: 'Hello', hydratedButtons: [{ index: 1, quickReplyButton: { displayText: 'Hi', id: 'h' } }] } } },
  'an answer to a template': { templateButtonReplyMessage: { selectedId: 'h', selectedDisplayText: 'Hi', selectedIndex: 1 } },
  'a product': { productMessage: { businessOwnerJid: BOB_JID, product: { productId: '1', title: 'Jam', priceAmount1000: 3_500n, currencyCode: 'EUR' } } },
  'an order': { orderMessage: { orderId: '1', itemCount: 2, orderTitle: 'Jam', token: 't', sellerJid: BOB_JID } },
  'a reaction': { reactionMessage: { key: { remoteJid: BOB_JID, fromMe: false, id: 'AAAA' }, text: '👍', senderTimestampMs: 1_600_000_000_000n } },
}
