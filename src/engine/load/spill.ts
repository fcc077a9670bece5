import { createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import type { Batch, RowObject } from '../../connect/index.ts'
import { duckdbFailure } from '../failures.ts'
import { jsonText } from '../json.ts'
import type { Hints } from './json.ts'

/**
 * Rows and NDJSON bytes go to a file of their own and are read like any other: rows in JavaScript cost
 * memory, a file does not. Text is exact: bigints keep all digits, a Date is an instant in ISO 8601, bytes
 * are hexadecimal, undefined is null.
 */
export type Spill = {
  readonly path: string
  rows(rows: readonly RowObject[]): Promise<void>
  bytes(data: Uint8Array): Promise<void>
  /** Bytes and rows written so far. */
  readonly written: () => number
  close(): Promise<Hints>
}

export function openSpill(path: string): Spill {
  const stream = createWriteStream(path, { flags: 'wx' })
  // Listened to from the start: an error between two writes would otherwise end the process.
  const failed = new Promise<never>((_, reject) =>
    stream.on('error', thrown => reject(duckdbFailure(thrown, { path }))),
  )
  failed.catch(() => undefined)
  const kinds = new Map<string, Set<string>>()
  let rows = 0
  return {
    path,
    rows: async batch => {
      const lines = batch.map(row => lineOf(row, kinds))
      rows += batch.length
      if (lines.length > 0) await write(stream, `${lines.join('\n')}\n`, failed)
    },
    bytes: async data => {
      rows += 1
      await write(stream, data, failed)
      if (data.at(-1) !== 0x0a) await write(stream, '\n', failed)
    },
    written: () => rows,
    close: async () => {
      stream.end()
      await Promise.race([once(stream, 'close'), failed])
      return hintsOf(kinds)
    },
  }
}

/** A batch counts as having rows even when a connector does not say how many. */
export function rowsOf(batch: Batch): number {
  if (batch.kind === 'rows') return batch.rows.length
  return batch.kind === 'files' ? 0 : (batch.rows ?? 0)
}

async function write(stream: WriteStream, data: string | Uint8Array, failed: Promise<never>): Promise<void> {
  if (!stream.write(data)) await Promise.race([once(stream, 'drain'), failed])
}

function lineOf(row: RowObject, kinds: Map<string, Set<string>>): string {
  for (const [name, value] of Object.entries(row)) note(kinds, name, value)
  return jsonText(row)
}

function note(kinds: Map<string, Set<string>>, name: string, value: unknown): void {
  if (value === null || value === undefined) return
  const seen = kinds.get(name) ?? new Set()
  if (seen.size === 0) kinds.set(name, seen)
  seen.add(kindOf(value))
}

function kindOf(value: unknown): string {
  if (value instanceof Uint8Array) return 'bytes'
  if (typeof value === 'number') return Number.isFinite(value) ? 'number' : 'not finite'
  return typeof value
}

/** JSON has no words for some values; what they were is told beside the file. */
function hintsOf(kinds: ReadonlyMap<string, ReadonlySet<string>>): Hints {
  const hints = new Map<string, 'BLOB' | 'DOUBLE'>()
  for (const [name, seen] of kinds) {
    if (seen.size === 1 && seen.has('bytes')) hints.set(name, 'BLOB')
    const numbers = [...seen].every(kind => kind === 'number' || kind === 'not finite')
    if (numbers && seen.has('not finite')) hints.set(name, 'DOUBLE')
  }
  return hints
}
