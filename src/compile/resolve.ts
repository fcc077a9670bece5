import { type Failure, failure, near } from '../errors/index.ts'
import type { AssetName, At, Declaration } from '../model/index.ts'
import type { Reference } from '../sql/index.ts'
import { parentNames } from './defaults.ts'

/** Assets by name, however it is spelt: SQL names do not differ by letter case. */
export type Names = {
  readonly declarations: readonly Declaration[]
  /** Number of the asset by its name in lower case. */
  readonly numbers: ReadonlyMap<string, number>
}

/**
 * Numbered by name, so that every order that follows depends on names only. Of two with one name the first
 * file stands. Where they are those of the last call, their numbers are.
 */
export function namesOf(given: readonly Declaration[], last: Names | undefined): Named {
  const declarations = byName(given)
  if (last === undefined || !sameNames(declarations, last.declarations)) return numbered(declarations)
  return { names: { declarations, numbers: last.numbers }, failures: [] }
}

type Named = { readonly names: Names; readonly failures: readonly Failure[] }

function numbered(ordered: readonly Declaration[]): Named {
  const failures: Failure[] = []
  const numbers = new Map<string, number>()
  const declarations: Declaration[] = []
  ordered.forEach(declaration => {
    const key = declaration.name.toLowerCase()
    const other = numbers.get(key)
    if (other === undefined) {
      numbers.set(key, declarations.length)
      declarations.push(declaration)
      return
    }
    const first = declarations[other] as Declaration
    const params = { name: first.name, file: first.at.file, other: declaration.at.file }
    const notes = [{ text: 'It is made here already.', at: first.at }]
    failures.push(failure('SLUICE_ASSET_DUPLICATE', params, { at: declaration.at, notes }))
  })
  return { names: { declarations, numbers }, failures }
}

function sameNames(some: readonly Declaration[], others: readonly Declaration[]): boolean {
  return some.length === others.length && some.every(({ name }, at) => name === others[at]?.name)
}

/** Files that are listed in order, as they mostly are, are not sorted again. */
function byName(given: readonly Declaration[]): readonly Declaration[] {
  const ordered = given.every((one, at) => at === 0 || compareNames(given[at - 1] as Declaration, one) <= 0)
  return ordered ? given : given.toSorted(compareNames)
}

function compareNames(a: Declaration, b: Declaration): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1
  if (a.at.file === b.at.file) return 0
  return a.at.file < b.at.file ? -1 : 1
}

export type Resolved =
  | { readonly kind: 'asset'; readonly number: number }
  /** A child table of an asset whose lists are split: `name` is its own. */
  | { readonly kind: 'child'; readonly number: number; readonly name: AssetName }
  /** Not of this project and not looked at: files, the engine's own catalogue, quarantine tables. */
  | { readonly kind: 'outside' }
  | { readonly kind: 'missing' }

const enginesOwn = new Set(['information_schema', 'pg_catalog', '_quarantine', '_sluice'])
const fileName = /\.(csv|tsv|txt|json|jsonl|ndjson|parquet)(\.(gz|zst))?$|[*/]/i

/** `schema.table` as a query names it; without a schema it is `main`, as it is for the engine. */
export function resolve(names: Names, { schema, table }: Pick<Reference, 'schema' | 'table'>): Resolved {
  const name = `${schema ?? 'main'}.${table}`
  const number = names.numbers.get(name.toLowerCase())
  if (number !== undefined) return { kind: 'asset', number }
  for (const parent of parentNames(name)) {
    const above = names.numbers.get(parent.toLowerCase())
    if (above !== undefined && names.declarations[above]?.facts.nested === 'split') {
      return { kind: 'child', number: above, name }
    }
  }
  if (schema !== undefined && enginesOwn.has(schema.toLowerCase())) return { kind: 'outside' }
  return { kind: schema === undefined && fileName.test(table) ? 'outside' : 'missing' }
}

export function notFound(names: Names, reference: Reference, by: { asset: string; at: At }): Failure {
  const name = reference.schema === undefined ? reference.table : `${reference.schema}.${reference.table}`
  // As it would be written here: assets of `main` go without their schema.
  const spelt = (asset: AssetName) =>
    reference.schema === undefined && asset.startsWith('main.') ? asset.slice('main.'.length) : asset
  const all = names.declarations.filter(({ body }) => body.kind !== 'export').map(one => spelt(one.name))
  return failure('SLUICE_REF_NOT_FOUND', { name, asset: by.asset, near: near(name, all) }, { at: by.at })
}
