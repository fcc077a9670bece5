import type { FileOptions, LoadRequest, SourceFile } from '../../connect/index.ts'
import type { Column } from '../../model/index.ts'
import { quoteName, quoteText } from '../../sql/index.ts'
import type { Session } from '../session.ts'
import { brokenFile, lineBytesMax, lineLimit } from './dialect.ts'
import { inferTypes } from './infer.ts'
import {
  badRows,
  createStaged,
  goodRows,
  type Loading,
  type Part,
  perFile,
  sourceOf,
  type StagedColumn,
  stagedValues,
  uniqueNames,
  verdictOf,
} from './stage.ts'

/** What JSON came from: files of people, or what was spilled from batches of rows. */
export type JsonFile = Omit<SourceFile, 'name'> & {
  /** undefined: rows that came through memory have no file. */
  readonly name: string | undefined
  readonly format: 'json' | 'ndjson'
  readonly options: FileOptions
}

/** Types that the values had before they were written as JSON text (`spill.ts`), by column name. */
export type Hints = ReadonlyMap<string, 'BLOB' | 'DOUBLE'>

/**
 * JSON in three steps: records as text (a broken line is one refused row, with its line), the structure of
 * all of them together, then one typed pass. Scalars travel as text, so that 64-bit integers and long
 * decimals keep their digits.
 */
export async function loadJson(
  loading: Loading,
  { files, hints }: { readonly files: readonly JsonFile[]; readonly hints: Hints },
  request: LoadRequest,
): Promise<Part | undefined> {
  const { session, temp } = loading
  const lines = temp()
  await session.run(`create temp table ${lines} (_file integer, line varchar)`)
  for (const [index, file] of files.entries()) await readRecords(session, file, { lines, index })
  if ((await session.count(`select count(*) from ${lines} where line is not null`)) === 0) return undefined
  const keys = await structureOf(session, lines)
  const names = uniqueNames(keys.map(({ key }) => key))
  const texts = temp()
  const cells = keys.map((key, i) => `${key.cell} as c${i}`).join(', ')
  await session.run(`create temp table ${texts} as
    select _file, line, line is not null as has, ${isObject} as ok,
    ${cells === '' ? 'null as c' : cells}
    from (select *, case when ${isObject} then from_json(line, ${quoteText(shapeOf(keys))}) end as o
      from ${lines})`)
  await session.run(`drop table ${lines}`)
  const columns = await columnsOf(session, { keys, names, texts, hints }, request)
  const table = temp()
  await createStaged(session, table, columns)
  const broken = verdictOf("'json'", "'the line is not a JSON object'", 'line')
  const verdict = `case when has and not ok then ${broken} end`
  // Lines without anything stay in the table as rows without verdict and columns, so that row numbers are
  // line numbers.
  await session.run(`insert into ${table}
    select ${stagedValues({ columns, file: 'case when has then _file end', verdict, raw: 'line' })}
    from ${texts}`)
  await session.run(`drop table ${texts}`)
  return partOf(session, files, { table, columns })
}

// A CASE, because AND does not promise an order and json_type throws on what is not JSON.
const isObject = "(case when json_valid(line) then json_type(line) = 'OBJECT' else false end)"

async function readRecords(
  session: Session,
  file: JsonFile,
  { lines, index }: { readonly lines: string; readonly index: number },
): Promise<void> {
  const path = quoteText(file.path)
  const limit = file.options.lineBytesMax ?? lineBytesMax
  const records = file.options.records
  try {
    if (file.format === 'ndjson' && records === undefined)
      // One cell per line: a separator that JSON text cannot hold, and no quotes. A line in a wrong encoding
      // or too long fails.
      await session.run(`insert into ${lines} select ${index}, line
        from read_csv(${path}, auto_detect = false, header = false, columns = {'line': 'VARCHAR'},
          delim = '\u0001', quote = '', escape = '', ${lineLimit(limit)})`)
    else if (records === undefined)
      await session.run(`insert into ${lines} select ${index}, json::varchar
        from read_json_objects(${path}, format = 'auto', maximum_object_size = ${limit})`)
    else await readNested(session, file, { records, into: lines, index })
  } catch (thrown) {
    throw brokenFile(thrown, { file: file.name ?? 'rows', format: 'JSON' })
  }
}

/** Records that lie at a path inside each document. */
async function readNested(
  session: Session,
  { path, sizeBytes }: JsonFile,
  { records, into, index }: { readonly records: string; readonly into: string; readonly index: number },
): Promise<void> {
  const place = quoteText(`$.${records.split('.').map(quoteName).join('.')}[*]`)
  // A document that holds all its records is as large as its file. DuckDB reserves twice this much, so it is
  // not just "a lot".
  const packed = /\.(gz|zst)$/.test(path) ? 20 : 1
  const limit = Math.max(lineBytesMax, packed * sizeBytes + 1024)
  await session.run(`insert into ${into} select ${index}, unnest(json_extract(json, ${place}))::varchar
    from read_json_objects(${quoteText(path)}, format = 'unstructured', maximum_object_size = ${limit})`)
}

/** A key of the records, the shape its values have in all of them, and the SQL for its value. */
type Key = {
  readonly key: string
  readonly shape: Shape
  readonly cell: string
  /** undefined: the value comes as text. */
  readonly type: string | undefined
}
type Shape = string | readonly [Shape] | { readonly [key: string]: Shape }

/**
 * The structure of all records, from one record of each structure: the aggregate keeps every record that it
 * has seen in memory, where DuckDB cannot spill it (10 M small ones: more than 4 GB).
 */
async function structureOf(session: Session, lines: string): Promise<readonly Key[]> {
  const [structure] = await session.row(
    `select json_group_structure(line::json) from (
      select any_value(line) as line from ${lines} where ${isObject} group by json_structure(line))`,
  )
  // 18 digits fit a BIGINT; only if a longer number occurs at all must nested numbers be held more carefully.
  const long = await session.count(
    `select count(*) from ${lines} where regexp_matches(line, '[:\\[,]\\s*-?[0-9]{19}')`,
  )
  const precise = await session.count(
    `select count(*) from ${lines} where regexp_matches(line, '[:\\[,]\\s*-?[0-9.]{18}')`,
  )
  const shapes = Object.entries(JSON.parse(structure ?? '{}') as { readonly [key: string]: Shape })
  const seen = new Set<string>()
  return shapes.map(([key, shape]) => {
    // from_json knows names as DuckDB does: two keys that differ only in case are one to it. The later one is
    // fetched alone.
    const twin = seen.has(key.toLowerCase())
    seen.add(key.toLowerCase())
    const type = typeof shape === 'string' || twin ? undefined : nestedType(shape, long > 0)
    const cell = twin
      ? `case when ${isObject} then line->>${quoteText(`$.${quoteName(key)}`)} end`
      : textCell(key, precise > 0 && (shape === 'DOUBLE' || shape === 'JSON'))
    return { key, shape: twin ? 'TWIN' : shape, cell, type }
  })
}

/**
 * The value of a key as text. DuckDB reads a number with a fraction as a double, so one with more digits is
 * looked up in the line itself; its digits are taken only if they make the very double that was read.
 */
function textCell(key: string, precise: boolean): string {
  const read = `struct_extract(o, ${quoteText(key)})`
  if (!precise || !/^[\w -]+$/.test(key)) return read
  const digits = `regexp_extract(line, ${quoteText(`"${key}"\\s*:\\s*(-?[0-9]+\\.[0-9]+)`)}, 1)`
  return `case when try_cast(${digits} as double) = try_cast(${read} as double)
    then ${digits} else ${read} end`
}

/** What from_json is asked for: text for scalars, nested values in their own type. */
function shapeOf(keys: readonly Key[]): string {
  const fields = keys
    .filter(({ shape }) => shape !== 'TWIN')
    .map(({ key, shape, type }) => [
      key,
      type === undefined ? 'VARCHAR' : typedShape(shape, type.includes('HUGEINT')),
    ])
  return JSON.stringify(Object.fromEntries(fields))
}

function typedShape(shape: Shape, long: boolean): Shape {
  if (typeof shape === 'string') return leafType(shape, long)
  if (Array.isArray(shape)) return [typedShape(shape[0] as Shape, long)]
  return Object.fromEntries(Object.entries(shape).map(([key, inner]) => [key, typedShape(inner, long)]))
}

function nestedType(shape: Shape, long: boolean): string {
  if (typeof shape === 'string') return leafType(shape, long)
  if (Array.isArray(shape)) return `${nestedType(shape[0] as Shape, long)}[]`
  const fields = Object.entries(shape).map(([key, inner]) => `${quoteName(key)} ${nestedType(inner, long)}`)
  return `STRUCT(${fields.join(', ')})`
}

function leafType(leaf: string, long: boolean): string {
  if (leaf === 'UBIGINT' || leaf === 'BIGINT') return long ? 'HUGEINT' : 'BIGINT'
  // An integer beyond 64 bits is told as DOUBLE too; its text keeps all digits.
  if (leaf === 'DOUBLE') return long ? 'VARCHAR' : 'DOUBLE'
  return leaf === 'NULL' ? 'VARCHAR' : leaf
}

type Found = {
  readonly keys: readonly Key[]
  readonly names: readonly string[]
  readonly texts: string
  readonly hints: Hints
}

async function columnsOf(
  session: Session,
  { keys, names, texts, hints }: Found,
  { columns = [], detect }: LoadRequest,
): Promise<readonly StagedColumn[]> {
  const kept = new Map(columns.map(({ name, type }) => [name.toLowerCase(), type]))
  const given = keys.map((key, i) => {
    if (key.type !== undefined) return key.type
    const contract = kept.get((names[i] ?? '').toLowerCase()) ?? hints.get(key.key)
    return contract ?? (detect === 'text' ? 'VARCHAR' : undefined)
  })
  const open = keys.flatMap((key, i) =>
    given[i] === undefined ? [{ name: key.key, text: `c${i}`, strings: key.shape === 'VARCHAR', at: i }] : [],
  )
  const inferred = await inferTypes(session, texts, open)
  return keys.map((key, i) => {
    const type = given[i] ?? inferred[open.findIndex(({ at }) => at === i)] ?? 'VARCHAR'
    const blob = hints.get(key.key) === 'BLOB'
    const cell = blob ? `unhex(c${i})` : `c${i}`
    return { name: names[i] ?? key.key, type, nullable: true, cell, typed: key.type !== undefined || blob }
  })
}

async function partOf(
  session: Session,
  files: readonly JsonFile[],
  { table, columns }: { readonly table: string; readonly columns: readonly Column[] },
): Promise<Part> {
  const counted = await session.rows(`select _file, min(rowid), count(*), count(_bad) from ${table}
    where _file is not null group by all`)
  const first = await session.rows(`select min(rowid) from ${table}`)
  const base = Number(first[0]?.[0] ?? 0)
  const starts = files.map((_, i) => Number(counted.find(([file]) => Number(file) === i)?.[1] ?? base))
  const sum = (at: number) => counted.reduce((total, row) => total + Number(row[at]), 0)
  const source = sourceOf(files.map(({ name }) => name))
  const position = `rowid + 1 - ${perFile(starts)}`
  return {
    good: `${goodRows(table, { columns, source, position })} and _file is not null`,
    columns: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    rowsIn: sum(2),
    bad: sum(3) === 0 ? undefined : badRows(table, { source, position }),
    badRows: sum(3),
  }
}
