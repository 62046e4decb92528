import type { VNode } from 'preact'
import t from 'tap'
import { Icon, iconNames } from '../src/icons.tsx'

t.test('it draws every sign as paths that a browser can read', (t) => {
  for (const name of iconNames) {
    const drawing = (Icon({ name }) as VNode<{ strokes: readonly string[] }>).props
    t.ok(drawing.strokes.length > 0, name)
    for (const stroke of drawing.strokes) {
      const path = stroke.replace(/^\.(solid|dashed) /, '')
      t.match(path, /^[Mm][0-9acghlmqsvzACHLMQSVZ .-]+$/, `${name}: ${stroke}`)
    }
  }
  t.end()
})
