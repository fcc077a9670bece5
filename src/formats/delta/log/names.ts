import { failure } from '../../../errors/index.ts'

// Files of the log: "Delta Log Entries", "Checkpoint Naming Scheme", "Log Compaction Files".

export const logFolder = '_delta_log/'
export const hintKey = `${logFolder}_last_checkpoint`
export const sidecarFolder = `${logFolder}_sidecars/`

/** A file of the log by what its name says; undefined of `logNameOf`: the log does not know such a file. */
export type LogName =
  | { readonly kind: 'commit'; readonly version: number }
  | { readonly kind: 'compaction'; readonly from: number; readonly version: number }
  | { readonly kind: 'checkpoint'; readonly version: number; readonly format: 'parquet' | 'json' }
  | {
      readonly kind: 'part'
      readonly version: number
      readonly part: number
      readonly parts: number
    }

export function logNameOf(key: string): LogName | undefined {
  const name = key.slice(logFolder.length)
  const digits = /^(\d{20})\.(.+)$/.exec(name)
  if (!digits) return undefined
  const [version, rest] = [versionOf(digits[1] ?? '', key), digits[2] ?? '']
  if (rest === 'json') return { kind: 'commit', version }
  const compacted = /^(\d{20})\.compacted\.json$/.exec(rest)
  if (compacted) return { kind: 'compaction', from: version, version: versionOf(compacted[1] ?? '', key) }
  if (rest === 'checkpoint.parquet') return { kind: 'checkpoint', version, format: 'parquet' }
  const part = /^checkpoint\.(\d{10})\.(\d{10})\.parquet$/.exec(rest)
  if (part) return { kind: 'part', version, part: Number(part[1]), parts: Number(part[2]) }
  const named = /^checkpoint\.[0-9a-fA-F-]{36}\.(parquet|json)$/.exec(rest)
  if (!named) return undefined
  return { kind: 'checkpoint', version, format: named[1] === 'json' ? 'json' : 'parquet' }
}

export function commitKey(version: number): string {
  return `${logFolder}${padded(version)}.json`
}

/** Greater than every key of an older version, smaller than every key of this one. */
export function beforeVersion(version: number): string {
  return `${logFolder}${padded(version)}`
}

function padded(version: number): string {
  return String(version).padStart(20, '0')
}

function versionOf(digits: string, file: string): number {
  const version = Number(digits)
  if (Number.isSafeInteger(version)) return version
  throw failure('SLUICE_DELTA_LOG_BROKEN', { file, words: 'its version is beyond 2^53' })
}
