/** The record: what was consented and by which screen, what was changed, rotated, revoked and refused. Newest first. */
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Icon } from 'look/icons'
import type { AuditRow } from '../store.ts'
import type { ScreenProps } from './screen-props.ts'
import { titleOfRecord, wordsOfRecord } from './record-words.ts'
import { ago, formatInstant } from './times.ts'

export function RecordScreen({ phone, now }: ScreenProps): JSX.Element {
  const [rows, setRows] = useState<readonly AuditRow[]>([])
  const recorded = phone.recorded.value
  useEffect(() => void phone.tried(phone.api.record(phone.number).then(setRows)), [recorded])
  const download = (ending: string): string => `/phones/${phone.number}/record.${ending}`
  return (
    <>
      <header class="screen-head">
        <h2>Record</h2>
        <span class="exports">
          <Icon name="download" />
          <a href={download('csv')} download>
            CSV
          </a>
          <a href={download('json')} download>
            JSON
          </a>
        </span>
      </header>
      <div class="scroll" tabIndex={0}>
        {rows.length === 0 && <p class="empty">Nothing was decided on this phone yet.</p>}
        <ol class="record">
          {[...rows].reverse().map((row) => (
            <li key={row.position}>
              <strong>{titleOfRecord(row.kind)}</strong>
              <time dateTime={new Date(row.at).toISOString()} title={formatInstant(row.at, now.value)}>
                {ago(row.at, now.value)}
              </time>
              <span>{wordsOfRecord(row, now.value)}</span>
            </li>
          ))}
        </ol>
      </div>
    </>
  )
}
