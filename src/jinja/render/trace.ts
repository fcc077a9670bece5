import { Failure, type Note, failure } from '../../errors/index.ts'
import { placeOf } from '../source.ts'
import { Raised } from '../values/index.ts'
import type { Site } from './head.ts'

/** `return(value)`: thrown by a host's function, and caught where the macro that called it ends. */
export class Returned {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

/** A place in the generated code: a function, and how far it was. */
type Frame = { readonly site: Site; readonly at: number }

/** Something thrown on its way out, with where it was thrown and the functions that it has left. */
class Traced {
  readonly thrown: unknown
  /** Where it was thrown: known already when the first function is left. */
  readonly frames: Frame[] = []
  /** Where a function of a function was, a recursive loop's: it is told with the function around it. */
  at: number | undefined
  constructor(thrown: unknown) {
    this.thrown = thrown
  }
}

/**
 * What a function of the generated code throws on. `at` is the place it had reached; without `site` it is a
 * part of the function around it.
 */
export function traced(thrown: unknown, site: Site | null, at: number): unknown {
  if (thrown instanceof Returned) return thrown
  const trace = thrown instanceof Traced ? thrown : new Traced(thrown)
  if (site === null) trace.at ??= at
  else {
    trace.frames.push({ site, at: trace.at ?? at })
    trace.at = undefined
  }
  return trace
}

/** What a render throws: a failure with its place, and the macros on the way. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Returned)
    return failure('SLUICE_JINJA_RENDER', { kind: 'RuntimeError', words: 'return() outside of a macro' })
  if (!(thrown instanceof Traced)) return told(thrown)
  const [inner, ...outer] = thrown.frames
  if (inner === undefined) return told(thrown.thrown)
  const cause = told(thrown.thrown)
  const at = placeOf(inner.site.source, inner.at)
  // A failure of a host, or of a template rendered by one, knows more exactly where it comes from.
  const first: readonly Note[] = cause.at === undefined ? [] : [{ text: 'reached from', at }]
  const named: readonly Note[] =
    inner.site.macro === undefined ? [] : [{ text: `in macro \`${inner.site.macro}\`` }]
  const notes = [...cause.notes, ...first, ...named, ...shown(outer)]
  return new Failure(cause.code, wordsOf(cause), { at: cause.at ?? at, notes, cause: cause.cause })
}

function wordsOf({ title, why, fix, retry, exit }: Failure): ConstructorParameters<typeof Failure>[1] {
  return { title, why, fix, retry, exit }
}

/** Callers that are told: of many, those at both ends. */
const callersMax = 8

function shown(callers: readonly Frame[]): readonly Note[] {
  if (callers.length <= callersMax) return callers.map(calledBy)
  const left = callers.length - callersMax
  const half = callersMax / 2
  const between = { text: `called by ${left} more macros` }
  return [...callers.slice(0, half).map(calledBy), between, ...callers.slice(-half).map(calledBy)]
}

function calledBy({ site, at }: Frame): Note {
  const who = site.macro === undefined ? 'called here' : `called by macro \`${site.macro}\``
  return { text: who, at: placeOf(site.source, at) }
}

function rangeWords({ message }: RangeError): string {
  if (/call stack/.test(message)) return 'templates and values are nested too deeply'
  return /string length/.test(message) ? 'a text is longer than any may be' : message
}

/** Anything that was thrown, as a failure. */
function told(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown
  if (thrown instanceof Raised) {
    const { kind, words } = thrown
    if (kind === 'LimitError') return failure('SLUICE_JINJA_LIMIT', { words })
    return failure('SLUICE_JINJA_RENDER', { kind, words }, { cause: thrown })
  }
  // JavaScript's own: the stack is used up, or a text is longer than any may be.
  if (thrown instanceof RangeError) return failure('SLUICE_JINJA_LIMIT', { words: rangeWords(thrown) })
  const words = thrown instanceof Error ? thrown.message : String(thrown)
  return failure('SLUICE_INTERNAL', { doing: 'rendering a template', words }, { cause: thrown })
}
