/** What shows a file is given. */
import type { MediaFacts } from 'proto/media-message'
import type { ChatMessage } from '../../message.ts'
import type { View } from '../view.ts'

export interface FileProps {
  readonly view: View
  readonly message: ChatMessage
  readonly media: MediaFacts
}
