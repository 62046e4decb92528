/** What the kernel says of the memory of a process (`/proc`), in bytes: what it has from the system, and its peak. */
import { readFileSync, writeFileSync } from 'node:fs'

export function residentBytes(pid: number): number {
  return fieldOf(pid, 'VmRSS')
}

/** The most that it had since `forgetPeak`. */
export function peakBytes(pid: number): number {
  return fieldOf(pid, 'VmHWM')
}

export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

function fieldOf(pid: number, name: string): number {
  const [, kibibytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(
    readFileSync(`/proc/${pid}/status`, 'utf8'),
  )!
  return Number(kibibytes) * 1_024
}
