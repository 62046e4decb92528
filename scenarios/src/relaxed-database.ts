/**
 * Loaded into a program before its own code: its databases no longer sync what they commit. For controls only: what
 * an audit of syncs must find.
 */
import { settings } from 'database/settings'

const synchronous = settings.find(({ name }) => name === 'synchronous')!
Object.assign(synchronous, { value: 'NORMAL', file: 1, memory: 1 })
