/** Drawn signs. All are decoration: the words beside them carry the meaning. */
import type { ComponentChildren, JSX } from 'preact'
import type { SendStatus } from '../message.ts'

function Icon({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  )
}

export function BackIcon(): JSX.Element {
  return (
    <Icon>
      <path d="M12 4.5 6.5 10l5.5 5.5" />
    </Icon>
  )
}

export function SendIcon(): JSX.Element {
  return (
    <Icon>
      <path d="M10 16V4.5M5 9.5l5-5 5 5" />
    </Icon>
  )
}

const paths: Readonly<Record<SendStatus, readonly string[]>> = {
  failed: ['M10 4v7.5', 'M10 15v.5'],
  pending: ['M10 3.5a6.5 6.5 0 1 0 .01 0Z', 'M10 6.5V10l2.5 1.5'],
  server: ['M4 11l3.5 3.5L15.5 6.5'],
  delivered: ['M1 11l3.5 3.5L12 6.5', 'M8.2 13l1.5 1.5L17.5 6.5'],
  read: ['M1 11l3.5 3.5L12 6.5', 'M8.2 13l1.5 1.5L17.5 6.5'],
  played: ['M1 11l3.5 3.5L12 6.5', 'M8.2 13l1.5 1.5L17.5 6.5'],
}

export function StatusIcon({ status }: { readonly status: SendStatus }): JSX.Element {
  return (
    <Icon>
      {paths[status].map((path) => (
        <path key={path} d={path} />
      ))}
    </Icon>
  )
}

export function Mark(): JSX.Element {
  return <img class="mark" src="/mark.svg" alt="" width="28" height="28" />
}
