import { failure } from '../../../../errors/index.ts'

// Folders that name values: `day=2024-01-01/country=de/part-0.parquet`, as Hive and Spark write them.

/** What Hive writes for NULL and for the empty text. */
const nullFolder = '__HIVE_DEFAULT_PARTITION__'

export type HiveFile = {
  readonly key: string
  /** Names and values of the folders, from the outermost in. */
  readonly values: readonly (readonly [column: string, value: string | null])[]
}

export function hiveFile(key: string): HiveFile {
  const folders = key.split('/').slice(0, -1)
  const values = folders.flatMap(folder => {
    const equals = folder.indexOf('=')
    if (equals < 1) return []
    const value = unescaped(folder.slice(equals + 1))
    return [
      [unescaped(folder.slice(0, equals)), value === nullFolder || value === '' ? null : value] as const,
    ]
  })
  return { key, values }
}

/** A percent sign that begins no escape is itself. */
function unescaped(text: string): string {
  return text.replaceAll(/(?:%[0-9A-Fa-f]{2})+/g, escapes => {
    const bytes = Buffer.from(escapes.replaceAll('%', ''), 'hex')
    return bytes.toString('utf8')
  })
}

/** The columns that all files' folders name, in their order. Where they differ, nothing is converted. */
export function hiveColumns(files: readonly HiveFile[], place: string): readonly string[] {
  const columns = files[0]?.values.map(([column]) => column) ?? []
  const odd = files.find(({ values }) => values.map(([column]) => column).join('\0') !== columns.join('\0'))
  if (odd)
    throw failure('SLUICE_DELTA_CONVERT_REFUSED', {
      place,
      words: `The folders of \`${odd.key}\` name other columns than those of \`${files[0]?.key}\`.`,
    })
  return columns
}

/** The narrowest type, of the engine, that prints all values as they stand. */
export function hiveType(values: readonly (string | null)[]): 'BIGINT' | 'DATE' | 'VARCHAR' {
  const texts = values.filter(value => value !== null)
  if (texts.length === 0) return 'VARCHAR'
  if (texts.every(isLong)) return 'BIGINT'
  return texts.every(isDate) ? 'DATE' : 'VARCHAR'
}

function isLong(text: string): boolean {
  return /^(?:0|-?[1-9]\d{0,18})$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}
