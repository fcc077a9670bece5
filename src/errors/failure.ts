import type { At } from '../model/index.ts'
import { type Code, type Entry, type Params, catalogue } from './catalogue.ts'

export type Note = { readonly text: string; readonly at?: At }

export type FailureOptions = {
  readonly at?: At
  readonly notes?: readonly Note[]
  readonly cause?: unknown
  /** Wait at least this long before trying again; the outside world said so. */
  readonly afterMs?: number
}

// A project may load a second copy of this package (linked, hoisted twice): what one copy throws the other
// must know.
const failureMark = Symbol.for('sluice.failure')
const failuresMark = Symbol.for('sluice.failures')

/** The one error of the product. What it says comes from the catalogue; `code` is a permanent name. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly [failureMark] = true
  readonly code: Code
  readonly title: string
  readonly why: string | undefined
  readonly fix: string
  readonly retry: 'never' | 'later'
  /** 1 an asset failed · 2 the project or command is wrong · 3 a system outside could not be reached. */
  readonly exit: 1 | 2 | 3
  readonly at: At | undefined
  readonly notes: readonly Note[]
  readonly afterMs: number | undefined

  constructor(code: Code, words: Words, options: FailureOptions) {
    super(words.title, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.title = words.title
    this.why = words.why
    this.fix = words.fix
    this.retry = words.retry
    this.exit = words.exit
    this.at = options.at
    this.notes = options.notes ?? []
    this.afterMs = options.afterMs
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(value, failureMark)
  }
}

type Words = {
  title: string
  why: string | undefined
  fix: string
  retry: 'never' | 'later'
  exit: 1 | 2 | 3
}

/**
 * Make a failure from the catalogue.
 * @example throw failure('SLUICE_REF_NOT_FOUND', { name: 'a.b', asset: 'c.d', near: [] }, { at })
 */
export function failure<C extends Code>(code: C, params: Params<C>, options: FailureOptions = {}): Failure {
  const entry = catalogue[code] as Entry<Params<C>>
  const words = {
    title: entry.title(params),
    why: entry.why?.(params),
    fix: entry.fix(params),
    retry: entry.retry,
    exit: entry.exit,
  }
  return new Failure(code, words, options)
}

/** Many failures of one act, told together: `compile` collects all errors of a project. */
export class Failures extends Error {
  override readonly name = 'Failures'
  readonly [failuresMark] = true
  readonly all: readonly Failure[]
  constructor(all: readonly Failure[]) {
    super(`${all.length} failures`)
    this.all = all
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(value, failuresMark)
  }
}

function isMarked(value: unknown, mark: symbol): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, mark)
}

/** Anything that was thrown, as a Failure: what is not ours is a bug of ours or of user code, and says so. */
export function asFailure(thrown: unknown, doing: string): Failure {
  if (thrown instanceof Failure) return thrown
  if (thrown instanceof Failures && thrown.all[0]) return thrown.all[0]
  const words = thrown instanceof Error ? thrown.message : String(thrown)
  return failure('SLUICE_INTERNAL', { doing, words }, { cause: thrown })
}
