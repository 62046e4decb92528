/** What every sheet is given. */
import type { Sheet } from './sheets.ts'
import type { View } from './view.ts'

export interface SheetProps<K extends Sheet['kind'] = Sheet['kind']> {
  readonly view: View
  readonly sheet: Extract<Sheet, { readonly kind: K }>
  readonly onClose: () => void
}
