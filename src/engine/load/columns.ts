import { DuckDBDataChunk, type DuckDBType, type DuckDBValue } from '@duckdb/node-api'
import type { Batch, ColumnValues, LoadRequest } from '../../connect/index.ts'
import type { Column } from '../../model/index.ts'
import { quoteName } from '../../sql/index.ts'
import {
  badRows,
  createStaged,
  goodRows,
  type Loading,
  type Part,
  stagedValues,
  uniqueNames,
} from './stage.ts'

type ColumnsBatch = Extract<Batch, { readonly kind: 'columns' }>

/** A table that grows with every batch of the same shape. */
export type ColumnsIntake = {
  add(batch: ColumnsBatch): Promise<void>
  finish(request: LoadRequest): Promise<readonly Part[]>
}

/** DuckDB's vectors hold at most this many rows. */
const chunkRows = 2048

/**
 * Column batches through the appender: typed arrays as they are, everything else as text that is cast once it
 * is in.
 */
export function columnsIntake(loading: Loading): ColumnsIntake {
  const shapes = new Map<string, Shape>()
  return {
    add: async batch => {
      const columns = batch.names.map((name, i) => ({ name, ...storedAs(batch.columns[i] as ColumnValues) }))
      const key = JSON.stringify(columns)
      const shape = shapes.get(key) ?? { table: loading.temp(), columns, rows: 0 }
      if (!shapes.has(key)) {
        shapes.set(key, shape)
        const list = columns.map(({ stored }, i) => `c${i} ${stored}`).join(', ')
        await loading.session.run(`create temp table ${shape.table} (${list})`)
      }
      shape.rows += batch.rows
      await append(loading, shape.table, batch)
    },
    finish: async request => {
      const parts: Part[] = []
      for (const shape of shapes.values()) parts.push(await partOf(loading, shape, request))
      return parts
    },
  }
}

type Shape = {
  readonly table: string
  readonly columns: readonly { readonly name: string; readonly stored: string; readonly type: string }[]
  rows: number
}

function storedAs({ type, values }: ColumnValues): { readonly stored: string; readonly type: string } {
  if (values instanceof Int32Array) return { stored: 'INTEGER', type }
  if (values instanceof BigInt64Array) return { stored: 'BIGINT', type }
  if (values instanceof Float64Array) return { stored: 'DOUBLE', type }
  return { stored: type === 'BLOB' ? 'BLOB' : 'VARCHAR', type }
}

async function append({ session }: Loading, table: string, batch: ColumnsBatch): Promise<void> {
  const appender = await session.connection.createAppender(table.replace('temp.main.', ''), 'main', 'temp')
  const types: DuckDBType[] = batch.names.map((_, i) => appender.columnType(i))
  try {
    for (let first = 0; first < batch.rows; first += chunkRows) {
      const rows = Math.min(chunkRows, batch.rows - first)
      const chunk = DuckDBDataChunk.create(types, rows)
      chunk.setColumns(batch.columns.map(column => valuesOf(column, first, rows)))
      appender.appendDataChunk(chunk)
    }
    appender.flushSync()
  } finally {
    appender.closeSync()
  }
}

function valuesOf(column: ColumnValues, first: number, rows: number): DuckDBValue[] {
  const nulls = 'nulls' in column ? column.nulls : undefined
  return Array.from({ length: rows }, (_, i) => {
    const value = column.values[first + i]
    if (nulls?.[first + i] === 1 || value === null || value === undefined) return null
    return ArrayBuffer.isView(column.values) ? (value as DuckDBValue) : textOf(value)
  })
}

function textOf(value: unknown): string | DuckDBValue {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return value as unknown as DuckDBValue
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

async function partOf({ session, temp }: Loading, shape: Shape, request: LoadRequest): Promise<Part> {
  const kept = new Map((request.columns ?? []).map(({ name, type }) => [name.toLowerCase(), type]))
  const names = uniqueNames(shape.columns.map(({ name }) => name))
  const columns = shape.columns.map(({ stored, type }, i) => {
    const name = names[i] ?? ''
    const wanted = kept.get(name.toLowerCase()) ?? type
    const typed = stored === wanted
    return { name, type: wanted, nullable: true, cell: typed ? `c${i}` : `c${i}::varchar`, typed }
  })
  const table = temp()
  await createStaged(session, table, columns)
  const fields = shape.columns.map((_, i) => `${quoteName(names[i] ?? '')}: c${i}::varchar`)
  const raw = `to_json({${fields.join(', ')}})`
  await session.run(
    `insert into ${table} select ${stagedValues({ columns, file: '0', raw })} from ${shape.table}`,
  )
  await session.run(`drop table ${shape.table}`)
  const unfit = await session.count(`select count(*) from ${table} where _bad is not null`)
  const place = { source: 'null::varchar', position: 'rowid + 1' }
  return {
    good: goodRows(table, { columns, ...place }),
    columns: columns.map(({ name, type, nullable }): Column => ({ name, type, nullable })),
    rowsIn: shape.rows,
    bad: unfit === 0 ? undefined : badRows(table, place),
    badRows: unfit,
  }
}
