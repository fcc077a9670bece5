import { asFailure, Failure, failure } from '../errors/index.ts'

/** Where and for whom a statement ran, as far as words about its failure need it. */
export type Doing = { readonly path: string; readonly signal?: AbortSignal | undefined }

/**
 * What DuckDB threw, as a failure of the catalogue. DuckDB tells the kind only in the text of its message
 * (`Kind Error: words`), so this is the one place that reads it.
 */
export function duckdbFailure(thrown: unknown, { path, signal }: Doing): Failure {
  if (thrown instanceof Failure) return thrown
  if (!(thrown instanceof Error)) return asFailure(thrown, 'using DuckDB')
  const message = thrown.message
  if (signal?.aborted || message.startsWith('INTERRUPT Error')) return failure('SLUICE_TARGET_CANCELLED', {})
  const lock = /Conflicting lock is held in (.*?) \(PID (\d+)\)/.exec(message)
  if (lock) return failure('SLUICE_TARGET_LOCKED', { path, holder: lock[1] ?? '', pid: lock[2] ?? '' })
  if (/Could not set lock|different configuration than existing/.test(message))
    return failure('SLUICE_TARGET_LOCKED', { path, holder: '', pid: '' })
  if (/No space left on device|File too large|max_temp_directory_size|Disk quota/.test(message))
    return failure('SLUICE_TARGET_DISK_FULL', { path })
  if (message.startsWith('Out of Memory Error'))
    return failure('SLUICE_TARGET_MEMORY', { words: firstLine(message) })
  if (
    message.startsWith('TransactionContext Error') &&
    /conflict|altered|duplicate key|has been/i.test(message)
  )
    return failure('SLUICE_TARGET_CONFLICT', { words: withoutValues(firstLine(message)) })
  const file = brokenFile.exec(message)?.groups?.['file']
  if (file !== undefined) return failure('SLUICE_PARQUET_BROKEN', { file, words: withoutFile(message) })
  return failure('SLUICE_TARGET_QUERY', { words: withoutValues(message) })
}

/** How DuckDB 1.5 begins to say that a Parquet file is cut, or holds something else. */
const beginnings = [
  'No magic bytes found at end of file',
  'Footer length error in file',
  'Failed to read file',
  'Could not read enough bytes from file',
  'File',
]
const brokenFile = new RegExp(
  `^(?:Invalid Input|IO) Error: (?:${beginnings.join('|')}) (["'])(?<file>[^"'\\n]+\\.parquet)\\1`,
  'i',
)

function withoutFile(message: string): string {
  return firstLine(message)
    .replace(/^[A-Za-z ]* Error: /, '')
    .replace(/ (["'])[^"']+\1/, '')
}

/** What DuckDB threw while a database file was opened. */
export function openFailure(thrown: unknown, path: string): Failure {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const options = { cause: thrown }
  const words = firstLine(message)
  if (/database does not exist/.test(message)) return failure('SLUICE_TARGET_NOT_FOUND', { path }, options)
  if (/Read-only file system|Permission denied|No such file or directory|read-only mode/.test(message))
    return failure('SLUICE_TARGET_UNWRITABLE', { path, words }, options)
  if (
    /not a valid DuckDB|Is a directory|version number|Corrupt|checksum|Serialization|Could not read/i.test(
      message,
    )
  )
    return failure('SLUICE_TARGET_UNREADABLE', { path, words }, options)
  return duckdbFailure(thrown, { path })
}

/** An insert of an effect key that another writer committed first. */
export function isDuplicateKey(thrown: unknown): boolean {
  return (
    thrown instanceof Error && /PRIMARY KEY or UNIQUE constraint violat|Duplicate key/i.test(thrown.message)
  )
}

/** DuckDB's words without the words of the row: what a value was never goes into an error. */
function withoutValues(message: string): string {
  const carries = /^(Conversion|Invalid Input|Out of Range|Constraint|TransactionContext|Mismatch Type) Error/
  if (!carries.test(message)) return message
  const [words = '', ...sql] = message.split('\n\nLINE ')
  const bare = firstLine(words)
    .replace(/(string|value|key|field|to cast|input:?|from) (["'])(?:.*)\2/gis, '$1 …')
    .replace(/with value \S+/g, 'with value …')
    .replace(/\([^()]*\d[^()]*\)/g, '(…)')
  return sql.length === 0 ? bare : `${bare}\n\nLINE ${sql.join('\n\nLINE ')}`
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? ''
}
