/** A pairing code as a picture, dark on light in both themes. */
import { generate } from 'lean-qr'
import { toSvgPath } from 'lean-qr/extras/svg'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'

const QUIET = 3 // modules of margin; the plate around the code gives more

export function QrCode({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const { path, size } = useMemo(() => {
    const code = generate(text)
    return { path: toSvgPath(code), size: code.size }
  }, [text])
  const side = size + 2 * QUIET
  return (
    <svg
      class="qr"
      role="img"
      aria-label={label}
      viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`}
      shape-rendering="crispEdges"
    >
      <path d={path} />
    </svg>
  )
}
