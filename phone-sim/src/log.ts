/** What the phones need of a logger; pino fits. Fields hold ids and codes, never keys or texts. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
