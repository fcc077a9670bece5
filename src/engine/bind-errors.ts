import type { Bound, MissingName } from '../connect/index.ts'

/** An error of the binder, as `errors_as_json` tells it. */
export type EngineError = {
  readonly kind: string
  readonly words: string
  /** Bytes from the start of the query. */
  readonly position: number | undefined
  readonly name: string | undefined
  readonly entry: string | undefined
  readonly candidates: readonly string[]
}

type Told = {
  readonly exception_type?: string
  readonly exception_message?: string
  readonly position?: string
  readonly name?: string
  readonly type?: string
  readonly candidates?: string
}

/** Reads a message: `{"exception_type": …}`, at times behind words such as `Parser Error: `. */
export function engineError(message: string, prefixBytes: number): EngineError {
  const told = jsonIn(message)
  const words = told.exception_message ?? message
  const position = told.position === undefined ? undefined : Number(told.position) - prefixBytes
  return {
    kind: told.exception_type ?? '',
    words,
    position: position !== undefined && position >= 0 ? position : undefined,
    name: told.name,
    entry: told.type,
    candidates: told.candidates?.split(',') ?? [],
  }
}

function jsonIn(message: string): Told {
  const start = message.indexOf('{')
  if (start < 0) return {}
  try {
    return JSON.parse(message.slice(start)) as Told
  } catch {
    // A message that only looks like JSON is told as it is.
    return {}
  }
}

type Circumstances = {
  readonly offsetOf: (bytes: number) => number
  /** Queries and tables of the same request that could not be made. */
  readonly failed: ReadonlySet<string>
}

export function boundOf(error: EngineError, { offsetOf, failed }: Circumstances): Bound {
  const unknown = whyUnknown(error, failed)
  if (unknown !== undefined) return { ok: 'unknown', words: unknown }
  const missing = missingOf(error)
  return {
    ok: false,
    words: firstWords(error.words),
    offset: error.position === undefined ? undefined : offsetOf(error.position),
    ...(missing ? { missing } : {}),
  }
}

function whyUnknown(error: EngineError, failed: ReadonlySet<string>): string | undefined {
  if (error.kind === 'Permission')
    return 'it reads files or the network, which are not looked at before it runs'
  const extension = /exists in the (\w+) extension/.exec(error.words)?.[1]
  if (extension) return `it needs DuckDB's extension ${extension}, which is not looked at before it runs`
  if (error.entry !== 'Table' || error.name === undefined) return undefined
  const table = error.name.toLowerCase()
  const above = [...failed].find(name => name.slice(name.indexOf('.') + 1).toLowerCase() === table)
  return above === undefined ? undefined : `it reads ${above}, whose columns are not known`
}

function missingOf({ entry, name, words, candidates }: EngineError): MissingName | undefined {
  const column = /does not have a column named "(.*?)"/.exec(words)?.[1] ?? referenced('column', words)
  if (column !== undefined) return { kind: 'column', name: column, near: quoted(words, 'Candidate bindings') }
  const table = referenced('table', words)
  if (table !== undefined) return { kind: 'table', name: table, near: quoted(words, 'Candidate tables') }
  if (entry === undefined || name === undefined) return undefined
  return { kind: entry === 'Table' ? 'table' : 'function', name, near: candidates }
}

function referenced(what: 'column' | 'table', words: string): string | undefined {
  return new RegExp(`Referenced ${what} "(.*?)" (?:was )?not found`).exec(words)?.[1]
}

/** The names behind `Candidate bindings: "a", "b"`. */
function quoted(words: string, label: string): readonly string[] {
  const list = words.slice(words.indexOf(label)).split('\n')[0] ?? ''
  return words.includes(label) ? [...list.matchAll(/"([^"]+)"/g)].map(found => found[1] ?? '') : []
}

/** The first sentences; not the list of every overload of `+`. */
function firstWords(words: string): string {
  return words.split(/\n+\s*(?:Candidate|Did you mean|LINE )/)[0]?.trim() ?? words
}
