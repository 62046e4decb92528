/** The record as a table for spreadsheets (RFC 4180): position, time, kind, and the fields as `name=value` words. */
import type { AuditRow } from './store.ts'

const HEADER = ['position', 'at', 'kind', 'fields']

export function recordCsv(rows: readonly AuditRow[]): string {
  const lines = rows.map(({ position, at, kind, fields }) => [
    String(position),
    new Date(at).toISOString(),
    kind,
    Object.entries(fields)
      .map(([name, value]) => `${name}=${value}`)
      .join('; '),
  ])
  return [HEADER, ...lines].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')
}

/** A cell that begins so would be run by a spreadsheet; names of browsers are in it, and they choose them. */
const FORMULA = /^[=+\-@\t\r]/

function cell(text: string): string {
  const inert = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}
