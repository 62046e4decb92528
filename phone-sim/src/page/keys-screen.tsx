/** What the vault holds: keys by name, age and use. Their bytes leave the phone on no way, so they cannot be shown. */
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Icon } from 'look/icons'
import type { KeyView } from '../phone-views.ts'
import type { ScreenProps } from './screen-props.ts'
import { ago } from './times.ts'

/** Kinds in the order of their weight; a kind with many is told as one line. */
const kinds: readonly (readonly [prefix: string, title: string])[] = [
  ['identity', 'Identity'],
  ['companion/', 'Linked browsers'],
  ['session/', 'Conversations'],
  ['trust/', 'Keys of others'],
  ['signed-prekey/', 'Signed prekeys'],
  ['prekey/', 'One-time prekeys'],
]
const MANY = 12

export function KeysScreen({ phone, now }: ScreenProps): JSX.Element {
  const [keys, setKeys] = useState<readonly KeyView[]>([])
  const { relayedFrames } = phone.status.value.batteryUse
  const { companions } = phone.status.value
  useEffect(
    () => void phone.tried(phone.api.keys(phone.number).then(setKeys)),
    [relayedFrames, companions.length],
  )
  return (
    <>
      <header class="screen-head">
        <h2>Keys</h2>
      </header>
      <div class="scroll" tabIndex={0}>
        <p class="lead">
          <Icon name="lock" /> They are sealed in a vault and used inside this phone. No screen can show their
          bytes.
        </p>
        {kinds.map(([prefix, title]) => {
          const those = keys.filter(
            ({ name }) => name === prefix || (prefix.endsWith('/') && name.startsWith(prefix)),
          )
          return those.length === 0 ? null : (
            <section key={prefix} class="key-kind">
              <h3>
                {title} <span class="footnote">{those.length}</span>
              </h3>
              {those.length > MANY ? (
                <p class="key-note">
                  {those[0].name} to {those.at(-1)!.name}: {those[0].purpose}. The oldest was made{' '}
                  {ago(Math.min(...those.map(({ at }) => at)), now.value)}.
                </p>
              ) : (
                <ul>
                  {those.map((key) => (
                    <KeyRow key={key.name} view={key} nowMs={now.value} />
                  ))}
                </ul>
              )}
            </section>
          )
        })}
      </div>
    </>
  )
}

function KeyRow({ view, nowMs }: { readonly view: KeyView; readonly nowMs: number }): JSX.Element {
  const { name, purpose, at, uses, lastUsedAt } = view
  return (
    <li class="key">
      <span class="mono cut">{name}</span>
      <span class="key-note">{purpose}</span>
      <span class="footnote">
        made {ago(at, nowMs)} ·{' '}
        {uses === 0 ? 'not used since the start' : `used ${uses} ×, last ${ago(lastUsedAt ?? at, nowMs)}`}
      </span>
    </li>
  )
}
