import { failure } from '../../../errors/index.ts'
import { quoteName } from '../../../sql/index.ts'
import type { PartitionColumn, TableField } from '../../../tables/index.ts'
import type { PartitionValues } from '../actions.ts'

/** "Partition Value Serialization": the columns of a table's partitions, each with its text. */
export function partitionTexts(
  fields: readonly TableField[],
  partitionColumns: readonly string[],
): readonly (PartitionColumn & { readonly stored: string })[] {
  return partitionColumns.map(name => {
    const field = fields.find(each => each.name === name)
    if (field === undefined) throw failure('SLUICE_DELTA_SCHEMA_BROKEN', { words: `no column \`${name}\`` })
    return { name, stored: field.stored, text: textSql(field) }
  })
}

function textSql({ name, type }: TableField): string {
  const value = quoteName(name)
  switch (type.kind === 'scalar' ? type.sql : type.kind) {
    case 'TIMESTAMP':
      return `strftime(${value}, '%Y-%m-%d %H:%M:%S.%f')`
    case 'TIMESTAMP WITH TIME ZONE':
      // By its microseconds, so that no zone is asked for.
      return `strftime(make_timestamp(epoch_us(${value})), '%Y-%m-%dT%H:%M:%S.%fZ')`
    case 'FLOAT':
    case 'DOUBLE':
      return `case when isnan(${value}) then 'NaN' when isinf(${value})
        then case when ${value} > 0 then 'Infinity' else '-Infinity' end else ${value}::varchar end`
    case 'BLOB':
    case 'VARIANT':
    case 'struct':
    case 'list':
    case 'map':
      throw failure('SLUICE_DELTA_PARTITION_VALUE', { column: name, words: 'its type has no text there' })
    default:
      return `${value}::varchar`
  }
}

/** The values of one file by stored name. An empty text would be read as NULL, so it is refused. */
export function partitionValues(
  columns: readonly { readonly name: string; readonly stored: string }[],
  texts: readonly (string | null)[],
): PartitionValues {
  return Object.fromEntries(
    columns.map(({ name, stored }, i) => {
      const text = texts[i] ?? null
      if (text === '')
        throw failure('SLUICE_DELTA_PARTITION_VALUE', {
          column: name,
          words: 'an empty text would become NULL',
        })
      return [stored, text]
    }),
  )
}

/** Longest name of a folder, in bytes: file systems stop at 255. */
const folderBytesMax = 200
/** Keys of S3 stop at 1,024 bytes. */
const foldersBytesMax = 700

/** The folder of a partition, as Hive names it. Readers go by the log; people read this. */
export function partitionFolder(values: PartitionValues): string {
  const names = Object.entries(values).map(
    ([name, text]) => `${escaped(name)}=${text === null ? '__HIVE_DEFAULT_PARTITION__' : escaped(text)}`,
  )
  const folder = names.map(name => shortened(name, folderBytesMax)).join('/')
  // Files of several partitions may share a folder.
  return Buffer.byteLength(folder) > foldersBytesMax ? '' : folder
}

/** Hive's list of characters that a path must not have, and what a store's key must not. */
function escaped(text: string): string {
  return text.replaceAll(
    /[\p{Cc}"#%'*/:=?\\{}[\]^]/gu,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

function shortened(name: string, bytesMax: number): string {
  if (Buffer.byteLength(name) <= bytesMax) return name
  const characters = [...name]
  // Four bytes are the most that a character takes.
  return characters.slice(0, Math.floor(bytesMax / 4)).join('')
}
