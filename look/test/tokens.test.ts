import { readFileSync } from 'node:fs'
import t from 'tap'

const css = readFileSync(new URL('../../style/tokens.css', import.meta.url), 'utf8')
const GROUNDS = ['paper', 'sheet', 'raised', 'sunken', 'hover', 'current']
const TINTS = [0, 1, 2, 3, 4, 5]

/** Text on ground; all of them are read, so 4.5 is the least (WCAG 2.2, 1.4.3). */
const pairs: readonly (readonly [ink: string, ground: string])[] = [
  ...GROUNDS.flatMap((ground) =>
    ['ink', 'ink-soft', 'accent', 'danger'].map((ink) => [ink, ground] as const),
  ),
  ['ink', 'mine'],
  ['mine-soft', 'mine'],
  ['accent', 'mine'],
  ['danger', 'mine'],
  ['accent-ink', 'accent'],
  ['accent-ink', 'accent-hover'],
  ['amber-ink', 'amber'],
  ['rose-ink', 'rose'],
  ...TINTS.map((tint) => [`tint-${tint}-ink`, `tint-${tint}`] as const),
]
/** What is seen but not read: 3 is enough (1.4.11). */
const shapes: readonly (readonly [shape: string, ground: string])[] = [
  ['line-strong', 'sheet'],
  ['line-strong', 'sunken'],
  ['amber-mark', 'sheet'],
]

for (const [theme, index] of [
  ['light', 1],
  ['dark', 2],
] as const) {
  t.test(`it can be read in the ${theme} theme`, (t) => {
    for (const [ink, ground] of pairs) {
      const ratio = contrast(colour(ink, index), colour(ground, index))
      t.ok(ratio >= 4.5, `${ink} on ${ground}: ${ratio.toFixed(2)}`)
    }
    for (const [shape, ground] of shapes) {
      const ratio = contrast(colour(shape, index), colour(ground, index))
      t.ok(ratio >= 3, `${shape} on ${ground}: ${ratio.toFixed(2)}`)
    }
    t.end()
  })
}

function colour(name: string, index: number): string {
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css)?.[index]
  if (found === undefined) throw new Error(`no colour ${name}`)
  return found
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
