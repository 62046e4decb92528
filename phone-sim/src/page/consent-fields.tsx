/** What a browser may do, until when and in which chats: asked before it is linked, and to be reconsidered later. */
import type { JSX } from 'preact'
import { Avatar } from 'look/avatar'
import { Segments } from 'look/switch'
import type { ChatSummary, Companion } from '../phone-views.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const spans = { hour: HOUR_MS, day: DAY_MS, revoked: null } as const
export type Span = keyof typeof spans

export interface ConsentForm {
  readonly scope: 'full' | 'read'
  /** `kept`: as it is; only for a browser that is linked already. */
  readonly span: Span | 'kept'
  readonly which: 'all' | 'some'
  /** JIDs, of `some`. */
  readonly chosen: ReadonlySet<string>
}

/** A day: long enough to work with, short enough to be asked again. */
export const firstForm: ConsentForm = { scope: 'full', span: 'day', which: 'all', chosen: new Set() }

export function formOf({ scope, chats }: Companion): ConsentForm {
  return {
    scope: scope === 'read' ? 'read' : 'full',
    span: 'kept',
    which: chats === null ? 'all' : 'some',
    chosen: new Set(chats),
  }
}

/** Whether it says something that can be allowed. */
export function formComplete({ which, chosen }: ConsentForm): boolean {
  return which === 'all' || chosen.size > 0
}

/** For a first decision. */
export function formToAnswer(form: ConsentForm): {
  scope: string
  chats: string[] | null
  expiresInMs?: number
} {
  const expiresInMs = form.span === 'kept' ? null : spans[form.span]
  return { scope: form.scope, chats: chatsOf(form), ...(expiresInMs !== null && { expiresInMs }) }
}

/** For a change; absent time: it stays. */
export function formToChange(form: ConsentForm): {
  scope: string
  chats: string[] | null
  expiresInMs?: number | null
} {
  return {
    scope: form.scope,
    chats: chatsOf(form),
    ...(form.span !== 'kept' && { expiresInMs: spans[form.span] }),
  }
}

function chatsOf({ which, chosen }: ConsentForm): string[] | null {
  return which === 'all' ? null : [...chosen]
}

type Option<T> = { readonly value: T; readonly label: string }
const scopeOptions: readonly Option<ConsentForm['scope']>[] = [
  { value: 'full', label: 'Read and write' },
  { value: 'read', label: 'Read only' },
]
const keptOption: Option<ConsentForm['span']> = { value: 'kept', label: 'As it is' }
const spanOptions: readonly Option<ConsentForm['span']>[] = [
  { value: 'hour', label: 'An hour' },
  { value: 'day', label: 'A day' },
  { value: 'revoked', label: 'Until revoked' },
]
const whichOptions: readonly Option<ConsentForm['which']>[] = [
  { value: 'all', label: 'All chats' },
  { value: 'some', label: 'Chosen chats' },
]

interface Props {
  readonly form: ConsentForm
  readonly chats: readonly ChatSummary[]
  readonly onChange: (form: ConsentForm) => void
  /** Offers to leave the time as it is. */
  readonly keepsTime?: boolean
}

export function ConsentFields({ form, chats, onChange, keepsTime = false }: Props): JSX.Element {
  return (
    <div class="consent-fields">
      <Choice
        label="It may"
        value={form.scope}
        options={scopeOptions}
        onChange={(scope) => onChange({ ...form, scope })}
      />
      <Choice
        label={keepsTime ? 'From now, for' : 'For'}
        value={form.span}
        options={keepsTime ? [keptOption, ...spanOptions] : spanOptions}
        onChange={(span) => onChange({ ...form, span })}
      />
      <Choice
        label="In"
        value={form.which}
        options={whichOptions}
        onChange={(which) => onChange({ ...form, which })}
      />
      {form.which === 'some' && (
        <fieldset class="chosen-chats">
          <legend class="unseen">Chosen chats</legend>
          {chats.map(({ jid, name }) => (
            <label key={jid}>
              <input
                type="checkbox"
                checked={form.chosen.has(jid)}
                onChange={(event) => {
                  const chosen = new Set(form.chosen)
                  if (event.currentTarget.checked) chosen.add(jid)
                  else chosen.delete(jid)
                  onChange({ ...form, chosen })
                }}
              />
              <Avatar jid={jid} name={name} group={jid.endsWith('@g.us')} size="small" />
              <span class="cut">{name}</span>
            </label>
          ))}
        </fieldset>
      )}
    </div>
  )
}

function Choice<T extends string>(choice: Parameters<typeof Segments<T>>[0]): JSX.Element {
  return (
    <div class="labelled">
      <span aria-hidden="true">{choice.label}</span>
      <Segments {...choice} />
    </div>
  )
}
