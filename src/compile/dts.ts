import type { Asset, Column, Manifest } from '../model/index.ts'
import { type Token, nameOf, tokenize } from '../sql/index.ts'
import { columnsOf } from './defaults.ts'

/**
 * Text of a project's `sluice.d.ts`: the rows of every asset whose columns are known, so that TypeScript
 * assets are typed by SQL.
 */
export function declarations(manifest: Manifest): string {
  const assets = manifest.assets.filter(asset => asset.kind !== 'export' && columnsOf(asset) !== undefined)
  const names = [...assets].sort((a, b) => (a.name < b.name ? -1 : 1))
  return [
    '// Written by `sluice check`: the rows of every asset, as its SQL or its contract makes ' +
      'them. Do not edit.',
    'export {}',
    '',
    "declare module 'sluice' {",
    '  interface Assets {',
    ...names.flatMap(rowLines).map(line => `  ${line}`),
    '  }',
    '}',
    '',
  ].join('\n')
}

function rowLines(asset: Asset): readonly string[] {
  const doc = asset.doc.split('\n')[0] ?? ''
  return [
    ...docLine(doc, '  '),
    `  ${JSON.stringify(asset.name)}: {`,
    ...(columnsOf(asset) ?? []).flatMap(columnLines),
    '  }',
  ]
}

function columnLines({ name, type, nullable, doc }: Column): readonly string[] {
  const or = nullable ? ' | null' : ''
  return [...docLine(doc ?? '', '    '), `    ${propertyName(name)}: ${typeScriptOf(type)}${or}`]
}

function docLine(doc: string, indent: string): readonly string[] {
  return doc === '' ? [] : [`${indent}/** ${doc.replaceAll('*/', '* /')} */`]
}

function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
}

/**
 * As `connect/values.ts` gives them: exact, so that what a JavaScript number cannot hold is bigint or text.
 */
const scalars: { readonly [type: string]: string } = {
  BOOLEAN: 'boolean',
  TINYINT: 'number',
  SMALLINT: 'number',
  INTEGER: 'number',
  UTINYINT: 'number',
  USMALLINT: 'number',
  UINTEGER: 'number',
  FLOAT: 'number',
  DOUBLE: 'number',
  BIGINT: 'bigint',
  UBIGINT: 'bigint',
  HUGEINT: 'bigint',
  UHUGEINT: 'bigint',
  BIGNUM: 'bigint',
  BLOB: 'Uint8Array',
}

/**
 * TypeScript's type for a column type. Whatever else DuckDB has (VARCHAR, DECIMAL, DATE, TIMESTAMP, UUID …)
 * comes as text.
 */
function typeScriptOf(type: string): string {
  const tokens = tokenize(type)
  return readType({ tokens, at: 0 })
}

type Reader = { readonly tokens: readonly Token[]; at: number }

function readType(reader: Reader): string {
  let type = readPlain(reader)
  while (peek(reader) === '[') {
    while (peek(reader) !== undefined && peek(reader) !== ']') reader.at++
    reader.at++
    type = `readonly (${type} | null)[]`
  }
  return type
}

function readPlain(reader: Reader): string {
  const name = peek(reader)?.toUpperCase() ?? ''
  reader.at++
  if (peek(reader) !== '(') return rest(reader, scalars[name] ?? 'string')
  if (name === 'STRUCT')
    return `{ ${fields(reader)
      .map(([field, type]) => `${field}: ${type} | null`)
      .join('; ')} }`
  if (name === 'UNION')
    return fields(reader)
      .map(([, type]) => type)
      .join(' | ')
  if (name === 'MAP') {
    const [key = 'string', value = 'string'] = list(reader, readType)
    return `readonly { key: ${key}; value: ${value} | null }[]`
  }
  if (name === 'ENUM') return list(reader, valueOf).join(' | ')
  list(reader, skip)
  return rest(reader, scalars[name] ?? 'string')
}

/** `WITH TIME ZONE` and the like belong to the name before. */
function rest(reader: Reader, type: string): string {
  while (reader.tokens[reader.at]?.kind === 'word') reader.at++
  return type
}

function fields(reader: Reader): readonly (readonly [string, string])[] {
  return list(reader, () => {
    const token = reader.tokens[reader.at++]
    return [propertyName((token && nameOf(token)) ?? ''), readType(reader)] as const
  })
}

function list<T>(reader: Reader, item: (reader: Reader) => T): readonly T[] {
  const items: T[] = []
  reader.at++
  while (peek(reader) !== undefined && peek(reader) !== ')') {
    items.push(item(reader))
    if (peek(reader) === ',') reader.at++
  }
  reader.at++
  return items
}

function valueOf(reader: Reader): string {
  const text = peek(reader) ?? "''"
  reader.at++
  return JSON.stringify(text.slice(1, -1).replaceAll("''", "'"))
}

function skip(reader: Reader): void {
  reader.at++
}

function peek({ tokens, at }: Reader): string | undefined {
  return tokens[at]?.text
}
