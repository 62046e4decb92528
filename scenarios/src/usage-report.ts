/** Loaded into a real program before its own code: tells its parent, when asked, what memory and CPU time it uses. */
/** What is in use after a collection. */
export interface MemoryReport {
  readonly type: 'memory'
  /** Bytes that the process has from the system. */
  readonly rss: number
  /** Bytes in use by JavaScript values and by the buffers they hold. */
  readonly used: number
}

/** CPU time of the whole process so far, in ms. */
export interface CpuReport {
  readonly type: 'cpu'
  readonly ms: number
}

process.on('message', (asked) => {
  if (asked === 'cpu') {
    const { user, system } = process.cpuUsage()
    process.send!({ type: 'cpu', ms: (user + system) / 1000 } satisfies CpuReport)
  }
  if (asked !== 'memory') return
  for (let turn = 0; turn < 3; turn++) globalThis.gc?.()
  // a second look: finalizers of the first collection free buffers
  setImmediate(() => {
    globalThis.gc?.()
    const { rss, heapUsed, external } = process.memoryUsage()
    process.send!({ type: 'memory', rss, used: heapUsed + external } satisfies MemoryReport)
  })
})
