import { basename } from 'node:path'
import type { About, FileFormat, FileOptions, Sink, Source } from '../../connect/index.ts'
import { failure, near } from '../../errors/index.ts'
import type { Json } from '../../model/index.ts'
import { formatOf, formats } from './format.ts'

export const about: About = {
  name: 'files',
  summary:
    'Local files and files behind URLs: CSV, JSON, NDJSON and Parquet, plain, gzip or zstd; reads and writes',
  tier: 'local',
  needs: {},
  can: { read: true, unload: true },
  limits: { filesMax: 100_000, downloadBytesMax: 16 * 1024 ** 3, depthMax: 64 },
  options: {
    path: {
      type: 'strings',
      summary: 'Paths, globs (`*`, `?`, `[a-z]`, `{a,b}`, `**`) or URLs; relative ones begin at the project.',
      required: true,
      example: 'data/orders-*.csv',
    },
    format: {
      type: 'string',
      summary: 'How the files are written. Told from the file name unless said.',
      oneOf: formats,
    },
    mode: {
      type: 'string',
      summary: '`each once` reads what is new or was rewritten; `all` reads every file every time.',
      oneOf: ['each once', 'all'],
      default: 'each once',
    },
    delimiter: { type: 'string', summary: 'What parts the fields of a CSV. Detected unless said.' },
    quote: { type: 'string', summary: 'What encloses fields of a CSV. Detected unless said.' },
    header: { type: 'boolean', summary: 'Whether the first line names the columns. Detected unless said.' },
    nullText: { type: 'strings', summary: 'Texts of a CSV that mean NULL.' },
    encoding: {
      type: 'string',
      summary: 'Encoding of the text.',
      oneOf: ['utf-8', 'latin-1', 'utf-16'],
      default: 'utf-8',
    },
    records: {
      type: 'string',
      summary: 'Where in each JSON document the list of records lies: `data.items`.',
    },
    lineBytesMax: { type: 'number', summary: 'Largest line; longer ones are refused.' },
    text: { type: 'strings', summary: 'Columns that stay text although they look like numbers or dates.' },
  },
}

export type FilesOptions = FileOptions & {
  /** How the files are written. Told from the file name unless said. */
  readonly format?: FileFormat
  /** `each once` (unless said) reads what is new or was rewritten; `all` reads every file every time. */
  readonly mode?: 'each once' | 'all'
}

/**
 * Files as a source: paths, globs or URLs. Each file is read once, known by its path, size and content; a
 * file that was rewritten is read again, and the log says so.
 * @example ingest(files('data/orders-*.csv'), { key: 'id' })
 */
export function files<Row = unknown>(
  path: string | readonly string[],
  options: FilesOptions = {},
): Source<Row> {
  const paths = Object.freeze(typeof path === 'string' ? [path] : [...path])
  if (paths.length === 0 || paths.some(it => typeof it !== 'string' || it === '')) {
    throw failure('SLUICE_OPTION_WRONG', {
      option: 'path',
      wanted: "a path or glob such as `'data/orders-*.csv'`",
    })
  }
  refuseOptions(options, 'files', Object.keys(about.options))
  const { mode = 'each once', format, ...reading } = options
  const wish = Object.freeze({ paths, mode, format, options: Object.freeze(reading) })
  return Object.freeze({
    about,
    describe: `files ${paths.map(withoutQuery).join(', ')}`,
    options: Object.freeze({
      path: paths.map(withoutQuery),
      ...(options as { readonly [name: string]: Json }),
    }),
    eachOnce: mode === 'each once',
    probe: async context => (await import('./look.ts')).probe(wish, context),
    columns: async () => undefined,
    read: async function* (request, context) {
      yield* (await import('./read.ts')).read(wish, request, context)
    },
  } satisfies Source<Row>)
}

export type ToFilesOptions = {
  /** How the file is written. Told from its name unless said. */
  readonly format?: FileFormat
  readonly delimiter?: string
  readonly header?: boolean
}

/**
 * A file as a sink. It appears whole or not at all: rows go to a new file beside it, which then takes its
 * name.
 * @example exportTo(toFiles('out/revenue.parquet'), revenue)
 */
export function toFiles(path: string, options: ToFilesOptions = {}): Sink {
  if (typeof path !== 'string' || basename(path) === '') {
    throw failure('SLUICE_OPTION_WRONG', {
      option: 'path',
      wanted: "the path of a file such as `'out/revenue.parquet'`",
    })
  }
  refuseOptions(options, 'toFiles', ['format', 'delimiter', 'header'])
  const { format = formatOf(path), ...writing } = options
  if (format === undefined) throw failure('SLUICE_FILES_FORMAT', { path, formats })
  const options_ = Object.freeze({ path, format, ...writing })
  return Object.freeze({
    about,
    describe: `file ${path}`,
    options: options_,
    write: async request => (await import('./write.ts')).write({ path, format, options: writing }, request),
  } satisfies Sink)
}

/** What the pieces of this folder know of a source. */
export type Wish = {
  readonly paths: readonly string[]
  readonly mode: 'each once' | 'all'
  readonly format: FileFormat | undefined
  readonly options: FileOptions
}

/** A URL may carry a signature. */
function withoutQuery(path: string): string {
  return /^https?:\/\//i.test(path) ? path.replace(/[?#].*$/, '').replace(/\/\/[^/@]*@/, '//') : path
}

function refuseOptions(options: object, where: string, known: readonly string[]): void {
  for (const [option, value] of Object.entries(options)) {
    if (!known.includes(option) || option === 'path') {
      throw failure('SLUICE_OPTION_UNKNOWN', { option, where, near: near(option, known), known })
    }
    const spec = about.options[option]
    const listed = spec?.oneOf
    if (listed && !listed.includes(value as string)) {
      throw failure('SLUICE_OPTION_WRONG', {
        option,
        wanted: `one of ${listed.map(it => `\`${it}\``).join(', ')}`,
      })
    }
    if (spec && value !== undefined && !isOfType(value, spec.type)) {
      throw failure('SLUICE_OPTION_WRONG', { option, wanted: wordsOf[spec.type] })
    }
  }
}

const wordsOf: {
  readonly [type in 'string' | 'number' | 'boolean' | 'strings' | 'object' | 'function']: string
} = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  strings: 'a list of texts',
  object: 'an object',
  function: 'a function',
}

function isOfType(value: unknown, type: string): boolean {
  return type === 'strings'
    ? Array.isArray(value) && value.every(it => typeof it === 'string')
    : typeof value === type
}
