/** What can be done with one message, as a table; the keys of the list do the same. */
import type { MenuItem } from 'look/menu'
import { codeOf } from 'proto/errors'
import { type ChatMessage, isSettled } from '../../message.ts'
import type { View } from '../view.ts'
import { failureWords } from '../words.ts'
import { canBeForwarded } from './forward.ts'
import { focusComposer } from './focus.ts'

interface Row {
  readonly item: (view: View, message: ChatMessage) => MenuItem
  readonly when: (message: ChatMessage) => boolean
  readonly key?: string
}

const isThere = (message: ChatMessage): boolean =>
  isSettled(message) && message.kind !== 'revoked' && message.kind !== 'notice'

const isKept = (message: ChatMessage): boolean => isSettled(message) && message.kind !== 'notice'

const rows: readonly Row[] = [
  {
    key: 'r',
    when: isThere,
    item: (view, message) => ({ label: 'Reply', icon: 'quote', run: () => reply(view, message) }),
  },
  {
    when: ({ media }) => media?.kind === 'image',
    item: (view, message) => ({
      label: 'Open the picture',
      icon: 'eye',
      run: () => (view.sheet.value = { kind: 'viewer', message }),
    }),
  },
  {
    when: ({ text }) => text !== '',
    item: (view, { text }) => ({ label: 'Copy text', icon: 'copy', run: () => copy(view, text) }),
  },
  {
    key: 's',
    when: (message) => isThere(message) && message.starred !== true,
    item: (view, message) => ({ label: 'Star', icon: 'star', run: () => star(view, message, 'star') }),
  },
  {
    key: 's',
    when: (message) => isThere(message) && message.starred === true,
    item: (view, message) => ({
      label: 'Take the star off',
      icon: 'starred',
      run: () => star(view, message, 'unstar'),
    }),
  },
  {
    key: 'f',
    when: (message) => isThere(message) && canBeForwarded(message),
    item: (view, message) => ({
      label: 'Forward',
      icon: 'forward',
      run: () => (view.sheet.value = { kind: 'forward', message }),
    }),
  },
  {
    key: 'i',
    when: (message) => message.fromMe && isThere(message),
    item: (view, message) => ({
      label: 'Who has it',
      icon: 'info',
      run: () => (view.sheet.value = { kind: 'messageInfo', message }),
    }),
  },
  {
    when: ({ status }) => status === 'pending' || status === 'server',
    item: (view, message) => ({
      label: 'Why is it stuck?',
      icon: 'question',
      run: () => (view.sheet.value = { kind: 'stuck', message }),
    }),
  },
  {
    when: ({ status }) => status === 'failed',
    item: (view, { jid, id }) => ({
      label: 'Send again',
      icon: 'refresh',
      run: () => view.client.resend(jid, id),
    }),
  },
  {
    key: 'delete',
    when: ({ status }) => status === 'pending' || status === 'failed',
    item: (view, message) => ({
      label: 'Do not send',
      icon: 'trash',
      grave: true,
      run: () => {
        if (!view.client.discard(message)) view.say('It is under way and may have arrived.')
      },
    }),
  },
  {
    key: 'delete',
    when: isKept,
    item: (view, message) => ({
      label: 'Delete',
      icon: 'trash',
      grave: true,
      run: () => (view.sheet.value = { kind: 'delete', message }),
    }),
  },
]

export function messageMenu(view: View, message: ChatMessage): readonly MenuItem[] {
  return rows.filter(({ when }) => when(message)).map(({ item }) => item(view, message))
}

/** True when the key meant something for this message. */
export function messageKeys(view: View, message: ChatMessage, key: string): boolean {
  const row = rows.find((each) => each.key === key.toLowerCase() && each.when(message))
  row?.item(view, message).run()
  return row !== undefined
}

function reply(view: View, message: ChatMessage): void {
  view.drafts.change(message.jid, { quote: message })
  focusComposer()
}

function star(view: View, message: ChatMessage, change: 'star' | 'unstar'): void {
  view.client.changes[change](message.jid, [message]).catch((error: unknown) => {
    view.say(`The star was not changed. ${failureWords(codeOf(error))}`)
  })
}

/** Pages over plain http have no clipboard. */
function copy(view: View, text: string): void {
  const clipboard = navigator.clipboard as Clipboard | undefined
  const failed = (): void => view.say('This page may not copy. Select the text and press Ctrl C.')
  if (clipboard === undefined) failed()
  else clipboard.writeText(text).then(() => view.say('Copied.'), failed)
}
