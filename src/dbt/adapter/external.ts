import { Dict, str, type Value } from '../../jinja/index.ts'

const compressions: ReadonlyMap<string, string> = new Map([
  ['.gz', 'gzip'],
  ['.zst', 'zstd'],
])

/** Options whose values are texts in COPY's list. */
const texts = new Set(['delimiter', 'quote', 'escape', 'null'])

/**
 * What stands in the brackets of `copy … to` for an external model. What the location says by itself
 * (format, compression) is put into the options, which the caller goes on with.
 */
export function externalWriteOptions(location: string, options: Value): string {
  if (!(options instanceof Dict)) return ''
  if (!options.has('format')) inferFormat(location, options)
  if (options.get('format') === 'csv' && !options.has('header')) options.set('header', 1)
  const partition = options.get('partition_by')
  if (typeof partition === 'string' && partition.includes(',') && !partition.startsWith('('))
    options.set('partition_by', `(${partition})`)
  return Array.from(
    options.entries(),
    ([key, value]) => `${str(key)} ${optionText(str(key), str(value))}`,
  ).join(', ')
}

function optionText(key: string, value: string): string {
  return texts.has(key.toLowerCase()) && !value.startsWith("'") ? `'${value}'` : value
}

/**
 * `data.csv.gz` is compressed CSV; without an ending it is CSV where a delimiter is named, and Parquet
 * otherwise.
 */
function inferFormat(location: string, options: Dict): void {
  const name = location.slice(location.lastIndexOf('/') + 1)
  const endings = name.match(/\.[^.]+/g) ?? []
  const compression = compressions.get(endings.at(-1)?.toLowerCase() ?? '')
  const ending = (compression === undefined ? endings.at(-1) : endings.at(-2))?.toLowerCase()
  if (ending !== undefined) {
    options.set('format', ending.slice(1))
    if (compression !== undefined && !options.has('compression')) options.set('compression', compression)
  } else options.set('format', options.has('delimiter') ? 'csv' : 'parquet')
}

/** Where what was written is read from: a pattern, if it became several files. */
export function externalReadLocation(location: string, options: Value): string {
  const of = (key: string): Value => (options instanceof Dict ? (options.get(key) ?? null) : null)
  const partition = of('partition_by')
  if (!isSet(partition) && !isSet(of('per_thread_output'))) return location
  const levels = isSet(partition)
    ? str(partition)
        .split(',')
        .map(() => '*')
    : []
  const format = of('format')
  return `${[location, '*', ...levels].join('/')}.${format === null ? 'parquet' : str(format)}`
}

function isSet(value: Value): boolean {
  return value !== null && value !== false && value !== '' && value !== 0
}
