/**
 * What the program of the phones counts and measures (rows: proto/phones-measures): one set of numbers for all phones of
 * it. No number says whose it is.
 */
import { CommitLoad } from 'database'
import { Meters } from 'proto/meters'
import { type PhoneDrop, phonesMeasures, type PhonesMeasures } from 'proto/phones-measures'

export class PhonesMeters extends Meters<PhonesMeasures> {
  /** Of the phones' files. */
  readonly commits = new CommitLoad()

  constructor() {
    super(phonesMeasures)
    const { work, sync } = this.commits
    this.show('commits', 'work', () => Promise.resolve(work))
    this.show('commits', 'sync', () => Promise.resolve(sync))
  }

  drop(reason: PhoneDrop): void {
    this.add('drops', reason)
  }
}
