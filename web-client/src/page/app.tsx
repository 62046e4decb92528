/** Which of the two pages is on: a browser that knows whose it is shows chats, any other shows a code. */
import type { JSX } from 'preact'
import { ChatsPage } from './chats/chats-page.tsx'
import { PairingPage } from './pairing/pairing-page.tsx'
import type { View } from './view.ts'

export function App({ view }: { readonly view: View }): JSX.Element {
  return view.me.value === null ? <PairingPage view={view} /> : <ChatsPage view={view} />
}
