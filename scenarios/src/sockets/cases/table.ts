/** The whole table. */
import type { CaseClass } from '../socket-case.ts'
import { closes, controls, texts } from './controls.ts'
import { early } from './early.ts'
import { endings, pipelines } from './endings.ts'
import { fragments, lengths, masks, opcodes } from './frames.ts'
import { handshakes } from './handshake.ts'
import { origins } from './origins.ts'
import { framing, lines, sizes } from './requests.ts'

export const caseClasses: readonly CaseClass[] = [
  handshakes,
  origins,
  masks,
  opcodes,
  fragments,
  lengths,
  controls,
  closes,
  texts,
  early,
  framing,
  lines,
  sizes,
  endings,
  pipelines,
]
