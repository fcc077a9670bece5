import type { FileOptions, SourceFile } from '../../connect/index.ts'
import { type Failure, failure } from '../../errors/index.ts'
import { quoteText } from '../../sql/index.ts'
import type { Session } from '../session.ts'
import { uniqueNames } from './stage.ts'

/** How one CSV file is cut into cells, and what its columns are called. */
export type Dialect = {
  readonly delimiter: string
  readonly quote: string
  readonly escape: string
  readonly skip: number
  readonly header: boolean
  readonly encoding: string
  readonly names: readonly string[]
}

export const lineBytesMax = 16 * 1024 * 1024

/**
 * Reader options for lines up to the limit. Unsaid, DuckDB would reserve 16 lines of that length per buffer:
 * 256 MB.
 */
export function lineLimit(bytesMax: number | undefined): string {
  const limit = bytesMax ?? lineBytesMax
  return `max_line_size = ${limit}, buffer_size = ${Math.max(2 * limit, 2 * lineBytesMax)}`
}

/**
 * Ask DuckDB's sniffer; where dirty rows at the head lead it astray, the first line decides. undefined: the
 * file is empty.
 */
export async function dialectOf(
  session: Session,
  file: SourceFile,
  { options, known }: { readonly options: FileOptions; readonly known: readonly string[] },
): Promise<Dialect | undefined> {
  const head = await firstLine(session, file, options)
  if (head === undefined) return undefined
  const sniffed = await sniff(session, file, options)
  const delimiter = options.delimiter ?? guessDelimiter(head) ?? sniffed?.delimiter ?? ','
  // A sample without quotes says nothing about the rows after it; RFC 4180 quotes are always understood.
  const quote = options.quote ?? (sniffed?.quote === "'" ? "'" : '"')
  const escape = sniffed?.escape === '\\' ? '\\' : quote
  const usable = sniffed !== undefined && (sniffed.delimiter === delimiter || sniffed.names.length > 1)
  const rest = { quote, escape, encoding: options.encoding ?? 'utf-8' }
  const cells = splitLine(head, delimiter, quote)
  const named = known.length > 0 && cells.every(cell => known.includes(cell.toLowerCase()))
  if (hasNul(head) || (usable && sniffed.names.some(hasNul))) throw notText(file, rest.encoding)
  if (usable && !(named && !sniffed.header)) return { ...sniffed, ...rest, names: uniqueNames(sniffed.names) }
  const header = options.header ?? (named || cells.every(cell => cell !== '' && !/^[-+.\d]/.test(cell)))
  const names = cells.map((cell, i) => (header && cell !== '' ? cell : `column${i}`))
  return { ...rest, delimiter, header, skip: 0, names: uniqueNames(names) }
}

/** No text in UTF-8 or Latin-1 holds U+0000; what is written in UTF-16 has one beside every Latin letter. */
function hasNul(text: string): boolean {
  return text.includes('\0')
}

function notText({ name: file }: SourceFile, encoding: string): Failure {
  const mend = "`files(…, { encoding: 'utf-16' })`"
  const words = `It is not text in ${encoding}. If it is UTF-16, say so: ${mend}.`
  return failure('SLUICE_FILE_BROKEN', { file, format: 'CSV', words })
}

type Sniffed = Omit<Dialect, 'encoding'>

async function sniff(session: Session, file: SourceFile, options: FileOptions): Promise<Sniffed | undefined> {
  const given = [
    lineLimit(options.lineBytesMax),
    'ignore_errors = true',
    ...(options.delimiter === undefined ? [] : [`delim = ${quoteText(options.delimiter)}`]),
    ...(options.quote === undefined ? [] : [`quote = ${quoteText(options.quote)}`]),
    ...(options.header === undefined ? [] : [`header = ${options.header}`]),
    ...(options.encoding === undefined ? [] : [`encoding = ${quoteText(options.encoding)}`]),
  ]
  // No sniffer's verdict is not an error: broken rows at the head of a file are found, told and refused when
  // it is read.
  const found = await session
    .row(`select Delimiter, Quote, Escape, SkipRows, HasHeader, to_json(list_transform(Columns, c -> c.name))
      from sniff_csv(${quoteText(file.path)}, ${given.join(', ')})`)
    .catch(() => undefined)
  if (found === undefined) return undefined
  const [delimiter, quote, escape, skip, header, names] = found
  const text = (value: string | null | undefined) => (value == null || value === '(empty)' ? '' : value)
  return {
    delimiter: text(delimiter),
    quote: text(quote),
    escape: text(escape),
    skip: Number(skip),
    header: header === 'true',
    names: JSON.parse(names ?? '[]') as readonly string[],
  }
}

/** The whole first line as it stands; undefined: there is none. */
async function firstLine(
  session: Session,
  file: SourceFile,
  options: FileOptions,
): Promise<string | undefined> {
  const encoding = quoteText(options.encoding ?? 'utf-8')
  try {
    const rows = await session.rows(`select line from read_csv(${quoteText(file.path)}, auto_detect = false,
      header = false, columns = {'line': 'VARCHAR'}, delim = '\u0001', quote = '', escape = '',
      encoding = ${encoding},
      ${lineLimit(options.lineBytesMax)}, ignore_errors = true) where line is not null limit 1`)
    return rows[0]?.[0] ?? undefined
  } catch (thrown) {
    throw brokenFile(thrown, { file: file.name, format: 'CSV' })
  }
}

/** The failure of a file that cannot be read at all. A cancel or a full disk stays what it is. */
export function brokenFile(thrown: unknown, { file, format }: { file: string; format: string }): unknown {
  const code = (thrown as { readonly code?: unknown }).code
  if (code !== 'SLUICE_TARGET_QUERY' && code !== 'SLUICE_PARQUET_BROKEN') return thrown
  const { why = '', cause } = thrown as { readonly why?: string; readonly cause?: unknown }
  const words = (why.split('\n\n', 1)[0] ?? '')
    .replace(/^[A-Z][A-Za-z ]* Error: /, '')
    // The title names the file; the engine's path to it may be a temporary one.
    .replace(/ (?:in|of) file ["'][^"']*["']/g, '')
    .trim()
  return failure('SLUICE_FILE_BROKEN', { file, format, words }, { cause })
}

/** The separator that the first line has most of, outside of quotes; undefined: it has none. */
function guessDelimiter(line: string): string | undefined {
  const bare = line.replaceAll(/"[^"]*"/g, '')
  const counts = [',', ';', '\t', '|'].map(mark => ({ mark, count: bare.split(mark).length - 1 }))
  const [most] = counts.sort((a, b) => b.count - a.count)
  return most !== undefined && most.count > 0 ? most.mark : undefined
}

function splitLine(line: string, delimiter: string, quote: string): readonly string[] {
  const cells: string[] = []
  let [cell, quoted] = ['', false]
  for (let i = 0; i < line.length; i++) {
    const char = line[i] ?? ''
    if (quoted && char === quote && line[i + 1] === quote) {
      cell += quote
      i++
    } else if (char === quote) quoted = !quoted
    else if (!quoted && line.startsWith(delimiter, i)) {
      cells.push(cell)
      cell = ''
      i += delimiter.length - 1
    } else cell += char
  }
  return [...cells, cell]
}
