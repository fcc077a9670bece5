import { createHash } from 'node:crypto'

// What a plan says of files whose columns go by marks: EXPLAIN tells columns and filters of each
// `read_parquet`, and not its files.

/** Files of one `read_parquet`, by the start of its columns' marks. */
export type Reading = {
  readonly mark: string
  /** Numbers of the columns that are read. */
  readonly columns: ReadonlySet<number>
  /** SQL over marks of columns and `file_index`: all of them hold for a row that is read. */
  readonly filters: readonly string[]
}

/** The same for the same files and columns, so that a plan finds them again. */
export function markOf(parts: readonly unknown[]): string {
  return `m${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)}`
}

export function columnMark(mark: string, number: number): string {
  return `${mark}_${number}`
}

const marks = /\b(m[0-9a-f]{16})_(\d+)\b/g

/** `plan`: EXPLAIN (FORMAT json). */
export function readingsOf(plan: string): readonly Reading[] {
  return nodesOf(JSON.parse(plan)).flatMap(({ extra_info: info }) => {
    if (info?.['Function'] !== 'READ_PARQUET') return []
    const filters = textsOf(info['Filters'])
    const found = [...[...textsOf(info['Projections']), ...filters].join('\n').matchAll(marks)]
    const mark = found[0]?.[1]
    if (mark === undefined) return []
    const columns = new Set(found.map(([, , number]) => Number(number)))
    return [{ mark, columns, filters: filters.map(sure).filter(filter => filter !== '') }]
  })
}

type PlanNode = {
  readonly children?: readonly PlanNode[]
  readonly extra_info?: { readonly [name: string]: unknown }
}

function nodesOf(value: unknown): readonly PlanNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf)
  if (typeof value !== 'object' || value === null) return []
  const node = value as PlanNode
  return [node, ...(node.children ?? []).flatMap(nodesOf)]
}

function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string' ? [value] : []
}

/** Without what the engine may still learn while it runs: it stands last. */
function sure(filter: string): string {
  return filter.replace(/(^| AND )optional: .*$/s, '')
}
