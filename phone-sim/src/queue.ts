/**
 * One task at a time, in order: what a phone receives and what its person does never interleave. A failing task
 * rejects its own promise and does not stop the next.
 */
export class Queue {
  #tail: Promise<unknown> = Promise.resolve()

  run<T>(task: () => T | Promise<T>): Promise<T> {
    const result = this.#tail.then(task)
    this.#tail = result.catch(() => undefined)
    return result
  }

  /** Resolves when everything queued so far has been done. */
  idle(): Promise<void> {
    return this.run(() => undefined)
  }
}
