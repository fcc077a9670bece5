import type { Asset, AssetName, At, ContractChange, Manifest } from '../model/index.ts'
import {
  type Token,
  atOffset,
  findReferences,
  lineStarts,
  nameOf,
  selectItems,
  tokenize,
} from '../sql/index.ts'

/** Something that no longer holds once a column changes. */
export type Break = {
  readonly kind: 'column' | 'rows' | 'key' | 'check' | 'project check' | 'export' | 'code'
  /** The asset it stands in, or what hangs on it; the name of the check file for a project check. */
  readonly asset: AssetName
  /** The column that is made from it, or the id of the check. */
  readonly name: string
  readonly at: At
  /** Columns on the way, from the changed one to this: `raw.orders.amount`, `staging.orders.amount`. */
  readonly via: readonly string[]
  /** One clause: `is made from staging.orders.amount, which is gone`. */
  readonly words: string
}

/**
 * Everything that breaks, or may mean something else, when columns of an asset go or change their type: by
 * the lineage of the manifest as it stood before, so that all of it is named although a binder would stop at
 * the first. New columns break nothing. `before` must have been compiled with lineage.
 */
export function breaks(
  before: Manifest,
  asset: AssetName,
  changes: readonly ContractChange[],
): readonly Break[] {
  const touched = new Map<string, Touched>()
  for (const change of changes) {
    if (change.kind === 'new column') continue
    const words = change.kind === 'missing column' ? 'is gone' : `is ${change.to} instead of ${change.from}`
    touched.set(keyOf(asset, change.column), { via: [`${asset}.${change.column}`], words })
  }
  const found: Break[] = []
  for (const one of before.assets) found.push(...inAsset(one, touched))
  for (const check of before.projectChecks) found.push(...inProjectCheck(check, touched, before))
  return found
}

/** A column that changes, by the way it is reached. */
type Touched = { readonly via: readonly string[]; readonly words: string }
type TouchedColumns = Map<string, Touched>

/**
 * Assets come in dependency order: what an asset passes on is in `touched` before its readers are looked at.
 */
function inAsset(asset: Asset, touched: TouchedColumns): readonly Break[] {
  const seen = asset.reads.some(edge => hasAny(touched, edge.asset))
  const own = seen ? flowing(asset, touched) : []
  for (const { name, via, words } of own) {
    if (!touched.has(keyOf(asset.name, name))) touched.set(keyOf(asset.name, name), { via, words })
  }
  const made: Break[] = own.map(({ name, via, words }) => ({
    kind: asset.kind === 'export' ? 'export' : 'column',
    asset: asset.name,
    name,
    at: placeOfItem(asset, name),
    via,
    words: `is made from ${lastBut(via)}, which ${words}`,
  }))
  const shaped = seen ? shaping(asset, touched) : []
  const code = asset.kind === 'rows' ? codeReads(asset, touched) : []
  return [...made, ...shaped, ...code, ...promises(asset, touched)]
}

type Flowing = { readonly name: string } & Touched

/** Columns whose values come from a touched one, or hang on one (a CASE, a FILTER, a window). */
function flowing(asset: Asset, touched: TouchedColumns): readonly Flowing[] {
  const everywhere = shapersOfRows(asset)
  return asset.lineage.flatMap(({ column, from, shapedBy }) => {
    const deciding = shapedBy.filter(one => !everywhere.has(shaperKey(one)))
    const sources = [...from, ...deciding].map(one => touched.get(keyOf(one.asset, one.column)))
    const source = sources.find(one => one !== undefined)
    if (source === undefined) return []
    return [{ name: column, via: [...source.via, `${asset.name}.${column}`], words: source.words }]
  })
}

/** What shapes every column shapes the rows; what shapes only some of them decides about their values. */
function shapersOfRows({ lineage }: Asset): ReadonlySet<string> {
  const [first = new Set<string>(), ...rest] = lineage.map(({ shapedBy }) => new Set(shapedBy.map(shaperKey)))
  const ofValues = (key: string): boolean => key.endsWith('\0conditional') || key.endsWith('\0window')
  const shared = [...first].filter(key => rest.every(one => one.has(key)))
  return new Set(shared.filter(key => rest.length > 0 || !ofValues(key)))
}

function shaperKey({ asset, column, how }: Asset['lineage'][number]['shapedBy'][number]): string {
  return `${keyOf(asset, column)}\0${how}`
}

/** Touched columns that only decide which rows there are: the query does not run without them. */
function shaping(asset: Asset, touched: TouchedColumns): readonly Break[] {
  const found = new Map<string, Break>()
  const everywhere = shapersOfRows(asset)
  for (const one of asset.lineage.flatMap(({ shapedBy }) => shapedBy)) {
    if (!everywhere.has(shaperKey(one))) continue
    const source = touched.get(keyOf(one.asset, one.column))
    const name = `${one.asset}.${one.column}`
    if (source === undefined || found.has(name)) continue
    const words = `its rows are shaped by ${name} (${one.how}), which ${source.words}`
    const kind = asset.kind === 'export' ? 'export' : 'rows'
    const at = placeOfWord(asset.sql, one.column, asset.at)
    found.set(name, { kind, asset: asset.name, name: one.column, at, via: source.via, words })
  }
  return [...found.values()]
}

/** TypeScript that gets rows of a touched asset: which columns it uses cannot be told. */
function codeReads(asset: Asset, touched: TouchedColumns): readonly Break[] {
  return asset.reads.flatMap(edge =>
    [...touched].flatMap(([key, { via, words }]): readonly Break[] => {
      const column = columnIn(key, edge.asset)
      if (column === undefined) return []
      const said = `its code gets rows of ${edge.asset}, whose ${column} ${words}`
      return [{ kind: 'code', asset: asset.name, name: column, at: asset.at, via, words: said }]
    }),
  )
}

/** Keys, cursors, partitions and checks that name a touched column of their own asset. */
function promises(asset: Asset, touched: TouchedColumns): readonly Break[] {
  if (!hasAny(touched, asset.name)) return []
  const roles = [
    ...asset.key.map(column => ['key', column] as const),
    ...(asset.cursor === undefined ? [] : [['cursor', asset.cursor] as const]),
    ...(asset.partition === undefined ? [] : [['partition', asset.partition.column] as const]),
  ]
  const keys = roles.flatMap(([role, column]): readonly Break[] => {
    const source = touched.get(keyOf(asset.name, column))
    if (source === undefined) return []
    const words = `is the ${role} of ${asset.name}, and ${source.words}`
    return [{ kind: 'key', asset: asset.name, name: column, at: asset.at, via: source.via, words }]
  })
  const checks = asset.checks.flatMap((check): readonly Break[] => {
    const written = [check.where, ...Object.values(check.args)].filter(value => typeof value === 'string')
    const mentioned = new Set([...check.columns.map(lower), ...written.flatMap(wordsOf)])
    const hit = touchedAmong(asset.name, mentioned, touched)
    if (hit === undefined) return []
    const words = `looks at ${asset.name}.${hit.column}, which ${hit.words}`
    return [
      { kind: 'check', asset: asset.name, name: check.id, at: check.at ?? asset.at, via: hit.via, words },
    ]
  })
  return [...keys, ...checks]
}

/** A check in a file of its own, by the names in its text; `*` takes them all. */
function inProjectCheck(
  check: Manifest['projectChecks'][number],
  touched: TouchedColumns,
  { assets }: Manifest,
): readonly Break[] {
  const mentioned = new Set(wordsOf(check.sql))
  return check.reads.flatMap((name): readonly Break[] => {
    const columns = assets.find(one => one.name === name)?.columns ?? []
    const all = new Set(columns.map(column => lower(column.name)))
    const star = takesAll(check.sql)
    const hit = touchedAmong(name, star ? new Set([...mentioned, ...all]) : mentioned, touched)
    if (hit === undefined) return []
    const at = placeOfWord(check.sql, hit.column, check.at)
    const words = `looks at ${name}.${hit.column}, which ${hit.words}`
    return [{ kind: 'project check', asset: name, name: check.name, at, via: hit.via, words }]
  })
}

/** `select *`, `t.*`; not `count(*)`, not `a * b`. */
function takesAll(sql: string): boolean {
  const code = tokenize(sql).filter(token => token.kind !== 'comment')
  const before = /^(?:select|distinct|all|,|\.)$/i
  return code.some(({ text }, at) => text === '*' && before.test(code[at - 1]?.text ?? ''))
}

function touchedAmong(
  asset: AssetName,
  names: ReadonlySet<string>,
  touched: TouchedColumns,
): ({ readonly column: string } & Touched) | undefined {
  for (const [key, source] of touched) {
    const column = columnIn(key, asset)
    if (column !== undefined && names.has(lower(column))) return { column, ...source }
  }
  return undefined
}

function keyOf(asset: AssetName, column: string): string {
  return `${asset}\0${column}`
}

function columnIn(key: string, asset: AssetName): string | undefined {
  return key.startsWith(`${asset}\0`) ? key.slice(asset.length + 1) : undefined
}

function hasAny(touched: TouchedColumns, asset: AssetName): boolean {
  return touched.keys().some(key => columnIn(key, asset) !== undefined)
}

/** The column right before the last one on the way. */
function lastBut(via: readonly string[]): string {
  return via.at(-2) ?? via[0] ?? ''
}

/** Identifiers of a query that may name columns: `revenue` in `from marts.revenue` names a table. */
function identifiers(sql: string): readonly Token[] {
  const tables = findReferences(sql)
  const inTable = ({ offset }: Token): boolean =>
    tables.some(table => table.offset <= offset && offset < table.offset + table.length)
  return tokenize(sql).filter(token => nameOf(token) !== undefined && !inTable(token))
}

function wordsOf(sql: string): readonly string[] {
  return identifiers(sql).map(token => lower(nameOf(token) ?? ''))
}

/** Where a column is made: its item in the select list, or the `*` it comes by, or where its name stands. */
function placeOfItem(asset: Asset, column: string): At {
  if (asset.sql === undefined || !asset.at.file.endsWith('.sql')) return asset.at
  const items = selectItems(asset.sql)
  const item =
    items.find(one => lower(one.name ?? '') === lower(column)) ??
    items.find(
      one => one.name === undefined && asset.sql?.slice(one.offset, one.offset + one.length).includes('*'),
    )
  if (item === undefined) return placeOfWord(asset.sql, column, asset.at)
  return atOffset({ file: asset.at.file, starts: lineStarts(asset.sql) }, item.offset, item.length)
}

function placeOfWord(sql: string | undefined, word: string, at: At): At {
  if (sql === undefined || !at.file.endsWith('.sql')) return at
  // The last one: what shapes rows stands behind the select list.
  const token = identifiers(sql).findLast(one => lower(nameOf(one) ?? '') === lower(word))
  return token ? atOffset({ file: at.file, starts: lineStarts(sql) }, token.offset, token.text.length) : at
}

function lower(text: string): string {
  return text.toLowerCase()
}
