import type { AssetName } from '../../model/index.ts'

/** The lake's own bookkeeping lies below this name; a schema that is called so is written `%5Fsluice`. */
export const bookkeeping = '_sluice'

/** What the lake is called where databases have names. */
export const database = 'lake'

/** Where the asset's table lies: `raw.orders` → `raw/orders`. The first dot parts schema and table. */
export function keyOf(asset: AssetName): string {
  const { schema, table } = partsOf(asset)
  const folder = segment(schema)
  return `${folder === bookkeeping ? folder.replace('_', '%5F') : folder}/${segment(table)}`
}

/** The asset whose table lies in the folder; undefined: no asset could be called so. */
export function assetAt(folder: string): AssetName | undefined {
  const names = folder.split('/')
  const [schema = '', table = ''] = names
  if (names.length !== 2 || schema === bookkeeping) return undefined
  try {
    const asset = `${decodeURIComponent(schema)}.${decodeURIComponent(table)}`
    return keyOf(asset) === folder ? asset : undefined
  } catch {
    return undefined
  }
}

export function partsOf(asset: AssetName): { readonly schema: string; readonly table: string } {
  const dot = asset.indexOf('.')
  if (dot < 0) return { schema: 'main', table: asset }
  return { schema: asset.slice(0, dot), table: asset.slice(dot + 1) }
}

/**
 * What the asset is called in the lake where it is an environment's own: `marts.revenue` →
 * `dev__marts.revenue`.
 */
export function ownName(environment: string, asset: AssetName): AssetName {
  const { schema, table } = partsOf(asset)
  return `${environment}__${schema}.${table}`
}

/** The asset that is called so in the environment; undefined: it is not the environment's own. */
export function nameIn(environment: string, own: AssetName): AssetName | undefined {
  const start = `${environment}__`
  return own.startsWith(start) ? own.slice(start.length) : undefined
}

/**
 * One name as a part of a key. More than URLs need is encoded: `*`, `?` and brackets are patterns to DuckDB's
 * reader of files, and a name of dots alone is no name to a file system.
 */
export function segment(name: string): string {
  const plain = encodeURIComponent(name).replaceAll(/[!'()*~]/g, hex)
  return /^\.*$/.test(plain) || plain.startsWith('.') ? plain.replace(/^\.*/, hexAll) : plain
}

function hexAll(text: string): string {
  return text === '' ? '%' : [...text].map(hex).join('')
}

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
