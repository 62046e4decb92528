/** A phone connection's claim on its number, by which every effect is fenced (see stores.ts). */
export interface Owner {
  readonly number: string
  readonly epoch: number
}
