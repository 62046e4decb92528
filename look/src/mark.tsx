/** The sign of the project: two rings on one tether, the nearer one open, the farther one full. */
import type { JSX } from 'preact'

export function Mark({ size = 28 }: { readonly size?: number }): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" fill="#3f4a8a" />
      <circle cx="10" cy="10.5" r="3.5" fill="none" stroke="#fff" stroke-width="2.4" />
      <circle cx="22" cy="21.5" r="3.5" fill="#f0b27a" />
      <path d="M10 14.5c0 6 6 3 12 3.4" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" />
    </svg>
  )
}
