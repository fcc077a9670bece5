import { failure, near } from '../errors/index.ts'
import type { Check, CheckName, Json, Severity } from '../model/index.ts'
import { checkMark, isMarked } from './brand.ts'

/**
 * One promise, built by a function of `checks.ts`. The type parameters are the columns it speaks of, by what they must be;
 * an asset takes only jobs whose columns it has: a misspelt name is an error of the compiler, on the name.
 */
export type CheckJob<Any extends string = string, Num extends string = never, Text extends string = never> = {
  readonly [checkMark]: true
  readonly check: Check
  /** For the compiler only. */
  readonly on?: { readonly any: Any; readonly number: Num; readonly text: Text }
}

/** What every check can be told besides its own arguments. */
export type CheckOptions = {
  /** `error` (unless said) stops the asset from being published; `warn` is shown; `quarantine` refuses the rows. */
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

export type JobSpec = {
  readonly check: CheckName
  readonly columns: readonly string[]
  readonly args: { readonly [name: string]: Json }
  readonly options: CheckOptions | undefined
}

/** A job from its parts; within this room only. */
export function job<A extends string, N extends string, T extends string>(spec: JobSpec): CheckJob<A, N, T> {
  const { check, columns, args, options = {} } = spec
  for (const column of columns) if (!isText(column)) wrongArgument(check, 'column', 'the name of a column')
  const { severity = 'error', mostly = 1, where } = readCheckOptions(check, options)
  const promise: Check = Object.freeze({
    id: idOf(check, columns),
    check,
    columns: Object.freeze([...columns]),
    args: Object.freeze(args),
    severity,
    mostly,
    ...(where === undefined ? {} : { where }),
  })
  return Object.freeze({ [checkMark]: true as const, check: promise })
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

export function wrongArgument(check: CheckName, argument: string, wanted: string): never {
  throw failure('SLUICE_CHECK_ARGUMENT', { check, argument, wanted })
}

const optionNames = ['severity', 'mostly', 'where']
const severities: readonly string[] = ['error', 'warn', 'quarantine'] satisfies readonly Severity[]

function readCheckOptions(check: CheckName, options: CheckOptions): CheckOptions {
  for (const option of Object.keys(options)) {
    if (optionNames.includes(option)) continue
    const about = { option, where: check, near: near(option, optionNames), known: optionNames }
    throw failure('SLUICE_OPTION_UNKNOWN', about)
  }
  const { severity, mostly, where } = options
  if (severity !== undefined && !severities.includes(severity)) {
    wrongArgument(check, 'severity', '`error`, `warn` or `quarantine`')
  }
  if (mostly !== undefined && !(typeof mostly === 'number' && mostly >= 0 && mostly <= 1)) {
    wrongArgument(check, 'mostly', 'a share from 0 to 1')
  }
  if (where !== undefined && !isText(where)) wrongArgument(check, 'where', 'an SQL predicate')
  return options
}

function idOf(check: CheckName, columns: readonly string[]): string {
  if (columns.length === 0) return check
  return columns.length === 1 ? `${columns[0]} ${check}` : `${check}(${columns.join(', ')})`
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}
