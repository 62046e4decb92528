/** Every key that does something, as one table: the page obeys it, and the sheet behind `?` shows it. */
export type Command =
  | 'search'
  | 'newChat'
  | 'chatBefore'
  | 'chatAfter'
  | 'chatInfo'
  | 'attach'
  | 'settings'
  | 'starred'
  | 'shortcuts'

interface Shortcut {
  readonly keys: string
  readonly about: string
  readonly command?: Command
  readonly when?: (event: KeyboardEvent) => boolean
}

interface Section {
  readonly title: string
  readonly rows: readonly Shortcut[]
}

const alt =
  (code: string) =>
  (event: KeyboardEvent): boolean =>
    event.altKey && !event.ctrlKey && !event.metaKey && event.code === code
/** A bare key, where nobody is writing. */
const bare =
  (key: string) =>
  (event: KeyboardEvent): boolean =>
    event.key === key && !event.altKey && !event.ctrlKey && !event.metaKey && !isWriting(event)

// prettier-ignore
export const shortcutSections: readonly Section[] = [
  { title: 'Everywhere', rows: [
    { keys: '/',       about: 'Search chats and messages',  command: 'search',     when: bare('/') },
    { keys: 'Alt K',   about: 'The same while writing',     command: 'search',     when: alt('KeyK') },
    { keys: 'Alt N',   about: 'New chat or group',          command: 'newChat',    when: alt('KeyN') },
    { keys: 'Alt Up',  about: 'Chat above',                 command: 'chatBefore', when: alt('ArrowUp') },
    { keys: 'Alt Down',  about: 'Chat below',                 command: 'chatAfter',  when: alt('ArrowDown') },
    { keys: 'Alt I',   about: 'About this chat',            command: 'chatInfo',   when: alt('KeyI') },
    { keys: 'Alt B',   about: 'Starred messages',           command: 'starred',    when: alt('KeyB') },
    { keys: 'Alt S',   about: 'Settings',                   command: 'settings',   when: alt('KeyS') },
    { keys: '?',       about: 'These keys',                 command: 'shortcuts',  when: bare('?') },
    { keys: 'Esc',     about: 'Close, or go back' },
  ] },
  { title: 'List of chats', rows: [
    { keys: 'Up Down',    about: 'Move' },
    { keys: 'Enter',   about: 'Open' },
    { keys: 'M',       about: 'What can be done with it' },
  ] },
  { title: 'Writing', rows: [
    { keys: 'Enter',   about: 'Send' },
    { keys: 'Shift Enter', about: 'New line' },
    { keys: 'Alt A',   about: 'Attach a file',              command: 'attach',     when: alt('KeyA') },
    { keys: 'Up',       about: 'To the last message, when nothing is written' },
  ] },
  { title: 'Among messages', rows: [
    { keys: 'Up Down',    about: 'Move' },
    { keys: 'Home End', about: 'First and last that are loaded' },
    { keys: 'Enter',   about: 'What can be done with it' },
    { keys: 'R',       about: 'Reply' },
    { keys: 'S',       about: 'Star, or take the star off' },
    { keys: 'F',       about: 'Forward' },
    { keys: 'Delete',  about: 'Delete' },
    { keys: 'Esc',     about: 'Back to writing' },
  ] },
  { title: 'Looking at pictures', rows: [
    { keys: 'Left Right',    about: 'Before and after' },
    { keys: 'Esc',     about: 'Close' },
  ] },
]

/** What a key asks for; null for one that is not ours. */
export function commandOf(event: KeyboardEvent): Command | null {
  const rows = shortcutSections.flatMap((section) => section.rows)
  return rows.find(({ when }) => when?.(event) === true)?.command ?? null
}

function isWriting({ target }: KeyboardEvent): boolean {
  const { tagName = '', type = '' } = (target ?? {}) as Partial<HTMLInputElement>
  return tagName === 'TEXTAREA' || (tagName === 'INPUT' && !['checkbox', 'radio', 'button'].includes(type))
}
