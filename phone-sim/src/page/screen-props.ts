/** What every screen of a phone is given. */
import type { ReadonlySignal } from '@preact/signals'
import type { PhoneModel } from './phone-model.ts'

export interface ScreenProps {
  readonly phone: PhoneModel
  /** Moves once a second. */
  readonly now: ReadonlySignal<number>
}
