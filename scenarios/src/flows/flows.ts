/**
 * The flows of section 18 of the wire specification, one script each: what people and browsers do, while server and
 * phones do their part by themselves. Browsers speak on the wire as a legacy client does, pauses included.
 */
import { chats } from './chats.ts'
import { endings } from './endings.ts'
import { openings } from './openings.ts'
import type { Flow } from './stage.ts'

export const flows: readonly Flow[] = [...openings, ...chats, ...endings]
