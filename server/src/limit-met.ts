/** TETHER_ERR_LIMIT that says which limit it was, for whoever counts. */
import { TetherError } from 'proto/errors'
import type { LimitName } from 'proto/limits'

export class LimitMet extends TetherError {
  readonly limit: LimitName

  constructor(name: LimitName) {
    super('TETHER_ERR_LIMIT', name)
    this.limit = name
  }
}
