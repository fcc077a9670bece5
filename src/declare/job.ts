import { checkOf } from '../check/index.ts'
import { failure, near } from '../errors/index.ts'
import type { Check, CheckName, Json, Severity } from '../model/index.ts'
import { checkMark, isMarked } from './brand.ts'

/**
 * One promise, built by a function of `checks.ts`. The type parameters are the columns it speaks of, by what
 * they must be; an asset takes only jobs whose columns it has: a misspelt name is an error of the compiler,
 * on the name.
 */
export type CheckJob<Any extends string = string, Num extends string = never, Text extends string = never> = {
  readonly [checkMark]: true
  readonly check: Check
  /** For the compiler only. */
  readonly on?: { readonly any: Any; readonly number: Num; readonly text: Text }
}

/** What every check can be told besides its own arguments. */
export type CheckOptions = {
  /**
   * `error` (unless said) stops the asset from being published; `warn` is shown; `quarantine` refuses the
   * rows.
   */
  readonly severity?: Severity
  /** Share of the rows, 0 to 1, that must pass. All of them unless said. */
  readonly mostly?: number
  /** SQL predicate: only rows for which it is true are looked at. */
  readonly where?: string
}

/** Was this made by a check builder? */
export function isCheckJob(value: unknown): value is CheckJob {
  return isMarked(value, checkMark)
}

type Scalar = string | number | bigint | boolean
export type JobSpec = {
  readonly check: CheckName
  readonly columns: readonly string[]
  readonly args: { readonly [name: string]: Scalar | readonly Scalar[] | undefined }
  readonly options: CheckOptions | undefined
}

/** A job from its parts, proven by the vocabulary of the room `check`; within this room only. */
export function job<A extends string, N extends string, T extends string>(spec: JobSpec): CheckJob<A, N, T> {
  const { check, columns, args, options = {} } = spec
  const unnamed = columns.some(column => typeof column !== 'string' || column === '')
  if (unnamed) throw failure('SLUICE_CHECK_ARGUMENT', { check, words: 'A column has no name.', near: [] })
  for (const option of Object.keys(options)) {
    if (optionNames.includes(option)) continue
    const about = { option, where: check, near: near(option, optionNames), known: optionNames }
    throw failure('SLUICE_OPTION_UNKNOWN', about)
  }
  refuseSeverity(check, options.severity)
  const said = Object.entries(args).filter(([, value]) => value !== undefined)
  const texts = Object.fromEntries(said.map(([name, value]) => [name, textOf(value)]))
  const read = checkOf({ check, columns, args: texts, ...options })
  if (!read.ok) throw failure('SLUICE_CHECK_ARGUMENT', { check, words: read.words, near: read.near })
  return Object.freeze({ [checkMark]: true as const, check: Object.freeze(read.check) })
}

const optionNames = ['severity', 'mostly', 'where']
const severities: readonly string[] = ['error', 'warn', 'quarantine'] satisfies readonly Severity[]

function refuseSeverity(check: CheckName, severity: Severity | undefined): void {
  if (severity === undefined || severities.includes(severity)) return
  const words = '`severity` is `error`, `warn` or `quarantine`.'
  throw failure('SLUICE_CHECK_ARGUMENT', { check, words, near: near(String(severity), severities) })
}

/** Numbers as text keep every digit; a flag stays one. */
function textOf(value: Scalar | readonly Scalar[] | undefined): Json {
  if (Array.isArray(value)) return Object.freeze(value.map(String))
  return typeof value === 'boolean' ? value : String(value)
}

/** `unique('id', 'day')`, or `unique(['id', 'day'], { mostly: 0.9 })`. */
export function splitOptions(given: readonly unknown[]): {
  columns: readonly string[]
  options: CheckOptions | undefined
} {
  const [first, second] = given
  const withOptions = typeof second === 'object' && second !== null
  const columns = (Array.isArray(first) ? first : withOptions ? [first] : given) as readonly string[]
  return { columns, options: withOptions ? (second as CheckOptions) : undefined }
}
