import type { FileOptions, LoadRequest, SourceFile } from '../../connect/index.ts'
import type { Column, ColumnType } from '../../model/index.ts'
import { quoteName, quoteText } from '../../sql/index.ts'
import { brokenFile, type Dialect, dialectOf, lineLimit } from './dialect.ts'
import { inferTypes } from './infer.ts'
import {
  badRows,
  createStaged,
  goodRows,
  type Loading,
  type Part,
  perFile,
  sourceOf,
  stagedValues,
  verdictOf,
} from './stage.ts'

/** One file with what is known of it. `index` is its number within the load. */
type File = SourceFile & { readonly index: number; readonly dialect: Dialect; readonly options: FileOptions }

export type CsvBatch = { readonly files: readonly SourceFile[]; readonly options: FileOptions }

/** Rows that types are inferred from when no contract names them. */
const sampleRows = 100_000

/**
 * CSV files into one staged table, in one pass over each. Every cell is read as text and cast by us: DuckDB's
 * own typed reader would turn 7.6 into the BIGINT 8 without a word, and a quoted empty cell of a number
 * column into an error. Rows that cannot be cut into cells land in DuckDB's rejects tables, with their line;
 * rows that do not fit a type in `_bad`.
 */
export async function loadCsv(
  loading: Loading,
  batches: readonly CsvBatch[],
  request: LoadRequest,
): Promise<Part | undefined> {
  const { session } = loading
  const known = (request.columns ?? []).map(({ name }) => name.toLowerCase())
  const files: File[] = []
  for (const { options, files: given } of batches)
    for (const file of given) {
      const dialect = await dialectOf(session, file, { options, known })
      if (dialect !== undefined) files.push({ ...file, index: files.length, dialect, options })
    }
  if (files.length === 0) return undefined
  const groups = [...Map.groupBy(files, file => JSON.stringify([file.dialect, file.options])).values()]
  const columns = await columnsOf(loading, groups, request)
  const rejects = loading.temp().replace('temp.main.', '')
  const table = loading.temp()
  await createStaged(session, table, columns)
  for (const group of groups) await readGroup(loading, group, { table, rejects, columns })
  return partOf(loading, files, { table, rejects, columns })
}

type Staging = { readonly table: string; readonly rejects: string; readonly columns: readonly Column[] }

/** All columns of all files, by name, in the order in which they are first seen. */
async function columnsOf(
  { session }: Loading,
  groups: readonly (readonly File[])[],
  { columns = [], detect }: LoadRequest,
): Promise<readonly Column[]> {
  const kept = new Map(columns.map(column => [column.name.toLowerCase(), column]))
  const found = new Map<string, Column>()
  for (const group of groups) {
    const [first] = group
    if (first === undefined) continue
    const text = new Set((first.options.text ?? []).map(name => name.toLowerCase()))
    const { names } = first.dialect
    const fixed = (name: string) => {
      const contract = kept.get(name.toLowerCase())
      if (contract !== undefined) return contract.type
      return detect === 'text' || text.has(name.toLowerCase()) ? 'VARCHAR' : undefined
    }
    const open = names.filter(name => fixed(name) === undefined)
    const sample = `(select * from ${readCsv(group, undefined)} limit ${sampleRows})`
    const suspects = open.map(name => ({ name, text: emptyAsNull(name) }))
    const types = await inferTypes(session, sample, suspects)
    for (const name of names) {
      const seen = found.get(name.toLowerCase())
      const type = fixed(name) ?? types[open.indexOf(name)] ?? 'VARCHAR'
      found.set(name.toLowerCase(), {
        name: seen?.name ?? name,
        type: common(seen?.type, type),
        nullable: true,
      })
    }
  }
  return [...found.values()]
}

const ladder = ['BIGINT', 'HUGEINT', 'DOUBLE']

/** The type that holds what two files have in one column. */
function common(one: ColumnType | undefined, other: ColumnType): ColumnType {
  if (one === undefined || one === other) return other
  const [a, b] = [ladder.indexOf(one), ladder.indexOf(other)]
  if (a >= 0 && b >= 0 && !(one === 'HUGEINT' && other === 'DOUBLE'))
    return ladder[Math.max(a, b)] ?? 'VARCHAR'
  const days = ['DATE', 'TIMESTAMP']
  return days.includes(one) && days.includes(other) ? 'TIMESTAMP' : 'VARCHAR'
}

/** An empty cell of a column that is not text has no value, quoted or not. */
function emptyAsNull(name: string): string {
  return `nullif(${quoteName(name)}, '')`
}

function readCsv(group: readonly File[], rejects: string | undefined): string {
  const [first] = group
  const { dialect, options } = first as File
  const names = dialect.names.map(name => `${quoteText(name)}: 'VARCHAR'`)
  const nulls = (options.nullText ?? ['']).map(quoteText)
  return `read_csv([${group.map(({ path }) => quoteText(path)).join(', ')}], auto_detect = false,
    columns = {${names.join(', ')}}, header = ${dialect.header}, skip = ${dialect.skip},
    delim = ${quoteText(dialect.delimiter)}, quote = ${quoteText(dialect.quote)},
    escape = ${quoteText(dialect.escape)},
    nullstr = [${nulls.join(', ')}], allow_quoted_nulls = false, encoding = ${quoteText(dialect.encoding)},
    ${lineLimit(options.lineBytesMax)}, strict_mode = true, ${
      rejects === undefined
        ? 'ignore_errors = true'
        : `store_rejects = true, rejects_limit = 0, rejects_table = ${quoteText(`${rejects}_errors`)},
           rejects_scan = ${quoteText(`${rejects}_scans`)}`
    })`
}

async function readGroup({ session }: Loading, group: readonly File[], staging: Staging): Promise<void> {
  const { table, rejects, columns } = staging
  const [first] = group
  const names = new Map(first?.dialect.names.map(name => [name.toLowerCase(), name]))
  const staged = columns.map(column => {
    const name = names.get(column.name.toLowerCase())
    if (name === undefined) return { ...column, cell: `null::${column.type}`, typed: true }
    return { ...column, cell: column.type === 'VARCHAR' ? quoteName(name) : emptyAsNull(name), typed: false }
  })
  const fields = [...names.values()].map(name => `${quoteText(name)}: ${quoteName(name)}`)
  const raw = `to_json({${fields.join(', ')}})`
  // file_index counts the files of this statement; ours counts those of the load.
  const file =
    group.length === 1
      ? String(first?.index)
      : `([${group.map(({ index }) => index).join(', ')}])[file_index::bigint + 1]`
  try {
    await session.run(`insert into ${table} select ${stagedValues({ columns: staged, file, raw })}
      from ${readCsv(group, rejects)}`)
  } catch (thrown) {
    throw brokenFile(thrown, { file: group.map(({ name }) => name).join(', '), format: 'CSV' })
  }
}

/** DuckDB's names for what is wrong with a line, in our words. */
const rules = `case error_type::varchar when 'MISSING COLUMNS' then 'columns'
  when 'TOO MANY COLUMNS' then 'columns'
  when 'INVALID ENCODING' then 'encoding' when 'LINE SIZE OVER MAXIMUM' then 'line too long'
  when 'CAST' then 'type' else 'quotes' end`
const reasons = `case error_type::varchar
  when 'INVALID ENCODING' then 'the line is not valid in the encoding of the file'
  when 'LINE SIZE OVER MAXIMUM' then 'the line is longer than the limit'
  when 'UNQUOTED VALUE' then 'a quote is not closed, or text follows it'
  else regexp_replace(error_message,
    'Expected Number of Columns: (\\d+) Found: (\\d+)', '\\1 columns expected, \\2 found')
  end`

/** Above this many refused lines, the positions of the rows between them are no longer worked out. */
const shiftsMax = 5_000

async function partOf({ session, temp }: Loading, files: readonly File[], staging: Staging): Promise<Part> {
  const { table, rejects, columns } = staging
  const broken = temp()
  await session.run(`create temp table ${broken} as
    with numbered as (select path, index from (values ${files
      .map(({ path, index }) => `(${quoteText(path)}, ${index})`)
      .join(', ')}) as f(path, index))
    select index as _file, line,
      ${verdictOf(`min(${rules})`, `string_agg(distinct ${reasons}, '; ')`, 'any_value(csv_line)')}
      as _bad
    from ${rejects}_errors e join ${rejects}_scans s using (scan_id, file_id)
    join numbered on path = file_path
    group by all order by index, line`)
  const staged = await session.count(`select count(*) from ${table}`)
  const unfit = await session.count(`select count(*) from ${table} where _bad is not null`)
  const cut = await session.count(`select count(*) from ${broken}`)
  const source = sourceOf(files.map(({ name }) => name))
  const position = cut > shiftsMax ? 'null::bigint' : await positions(session, files, { table, broken })
  const unread = badRows(broken, { source, position: 'line' })
  return {
    good: goodRows(table, { columns, source, position }),
    columns,
    rowsIn: staged + cut,
    bad: unfit + cut === 0 ? undefined : `${badRows(table, { source, position })} union all ${unread}`,
    badRows: unfit + cut,
  }
}

/**
 * The record of a row in its file, counted as DuckDB counts the lines of its rejects (the header is the
 * first): its place among the file's staged rows, moved on by every refused line before it. Worked out when
 * it is asked for.
 */
async function positions(
  session: Loading['session'],
  files: readonly File[],
  { table, broken }: { table: string; broken: string },
): Promise<string> {
  const starts = new Map(
    (await session.rows(`select _file, min(rowid) from ${table} group by all`)) as [string, string][],
  )
  const lines = await session.rows(`select _file, line from ${broken} order by all`)
  const shifts = files.map(({ index, dialect }) => {
    const first = dialect.skip + (dialect.header ? 2 : 1)
    const refused = lines.filter(([file]) => Number(file) === index).map(([, line]) => Number(line))
    return {
      first: first - Number(starts.get(String(index)) ?? 0),
      steps: refused.map((line, k) => line - first - k),
    }
  })
  const place = `rowid + ${perFile(shifts.map(({ first }) => first))}`
  if (lines.length === 0) return place
  const steps = shifts.map(({ steps: of }) => `[${of.join(', ')}]::bigint[]`)
  const mine = steps.length === 1 ? steps[0] : `([${steps.join(', ')}])[_file + 1]`
  const start = perFile(files.map(({ index }) => Number(starts.get(String(index)) ?? 0)))
  return `${place} + len(list_filter(${mine}, s -> s <= rowid - ${start}))`
}
