import type { Failure } from '../errors/index.ts'
import type { Driver, Transaction } from './driver.ts'

/**
 * Some change of the ledger. It looks first, and answers with a failure before it has written anything: what
 * is refused has changed nothing, and the rest of its group stands. What it throws undoes the whole group.
 */
export type Job<T> = (tx: Transaction) => Promise<Answer<T>>

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure }

export type Group = {
  /** Resolves when the job's changes are durable. Jobs are done in the order in which they were submitted. */
  submit<T>(job: Job<T>): Promise<T>
}

type Entry = {
  readonly job: Job<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
}

/**
 * Group commit: one fdatasync (0.07 to 4 ms) for everything that is submitted in one turn of the event loop.
 */
export function groupCommit(driver: Driver, soon: (flush: () => void) => void): Group {
  let queue: Entry[] = []
  let committed: Promise<void> = Promise.resolve()
  const flush = () => {
    const entries = queue
    queue = []
    committed = committed.then(() => commit(driver, entries))
  }
  return {
    submit: <T>(job: Job<T>) =>
      new Promise<T>((resolve, reject) => {
        queue.push({ job, resolve: value => resolve(value as T), reject })
        if (queue.length === 1) soon(flush)
      }),
  }
}

/** Never rejects: who submitted is told. */
async function commit(driver: Driver, entries: readonly Entry[]): Promise<void> {
  let answers: readonly Answer<unknown>[]
  try {
    answers = await driver.transaction(tx => inOrder(tx, entries))
  } catch (thrown) {
    for (const entry of entries) entry.reject(thrown)
    return
  }
  for (const [index, entry] of entries.entries()) {
    const answer = answers[index]
    if (answer?.ok) entry.resolve(answer.value)
    else entry.reject(answer?.failure)
  }
}

async function inOrder(tx: Transaction, entries: readonly Entry[]): Promise<readonly Answer<unknown>[]> {
  const answers: Answer<unknown>[] = []
  for (const { job } of entries) answers.push(await job(tx))
  return answers
}
