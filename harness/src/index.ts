/** Public names of the harness; re-exports only. */
export { ALICE, BOB, createWorld, type PhoneSpec, type World, type WorldOptions } from './world.ts'
export { nodeBreach } from './client-law.ts'
export { VIRTUAL_START_MS, VirtualClock, type Within } from './virtual-clock.ts'
export { memoryLinks, type MemoryLinks } from './memory-link.ts'
export { faultyLinks, type FaultyLinks, type Passage, type RuleHandle } from './faulty-links.ts'
export { tagOf, type Fault, type FaultWhere } from './fault-rule.ts'
export { recordTranscript, type Transcript, type TranscriptEntry } from './transcript.ts'
export { traceRecorder, type TraceEvent, type TraceQuery, type TraceRecorder } from './trace-recorder.ts'
