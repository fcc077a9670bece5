import type { Loaded, LoadRequest } from '../../connect/index.ts'
import type { Column } from '../../model/index.ts'
import { quoteName, quoteText } from '../../sql/index.ts'
import type { Session } from '../session.ts'
import { uniqueNames } from './stage.ts'

/** A column of a flattened relation: an expression over the relation it is taken from. */
type Flat = { readonly name: string; readonly type: string; readonly sql: string }
type Split = {
  readonly relation: string
  readonly raw: string
  readonly columns: readonly Column[]
  readonly children: Loaded['children']
}
type Splitting = {
  readonly session: Session
  readonly temp: () => string
  readonly request: Pick<LoadRequest, 'key' | 'lists' | 'columns'>
}

/**
 * Nested columns taken apart: a STRUCT becomes columns `a__b` of its table, a LIST a child relation with one
 * row per element (`_parent_key`, `_index` from 0, then the element's columns or `value`). A parent with
 * children gets `_key`: the MD5 of its key's values, else of its whole row, so that the same row has the same
 * key in every load. MAPs stay. A column that was a list before and holds nothing now is still no column.
 */
export async function split(
  splitting: Splitting,
  relation: string,
  columns: readonly Column[],
): Promise<Split> {
  const { session, temp, request } = splitting
  const flat = await withoutEmpty(splitting, relation, await flatten(session, relation, columns))
  const lists = flat.filter(({ type }) => type.endsWith('[]'))
  const plain = named(flat.filter(({ type }) => !type.endsWith('[]')))
  const parent = temp()
  const select = plain.map(({ name, sql }) => `${sql} as ${quoteName(name)}`)
  const key = keyOf(splitting, columns)
  const keyed = (lists.length > 0 || (request.lists ?? []).length > 0) && !plain.some(isKey)
  const raw = `to_json({${columns.map(({ name }) => `${quoteName(name)}: ${quoteName(name)}`).join(', ')}})`
  await session.run(
    `create temp view ${parent} as select ${[
      ...select,
      ...(keyed ? [`${key} as _key`] : []),
      `${raw}::varchar as _row`,
      '_source, _position',
    ].join(', ')} from ${relation}`,
  )
  const children: Loaded['children'][number][] = []
  const row = '_source as _row_source, _position as _row_position'
  for (const list of lists) children.push(...(await childrenOf(splitting, list, { relation, key, row })))
  const keyColumn = keyed ? [{ name: '_key', type: 'VARCHAR', nullable: false }] : []
  return { relation: parent, raw: '"_row"', columns: [...plain.map(columnOf), ...keyColumn], children }
}

function isKey({ name }: Flat): boolean {
  return name.toLowerCase() === '_key'
}

/** `"items": null` in every row of this load says nothing of the list that `items` is. */
async function withoutEmpty(
  { session, request }: Splitting,
  relation: string,
  flat: readonly Flat[],
): Promise<readonly Flat[]> {
  const lists = new Set(request.lists)
  const kept: Flat[] = []
  for (const column of flat) {
    const scalar = lists.has(column.name) && !column.type.endsWith('[]')
    if (scalar && (await session.count(`select count(${column.sql}) from ${relation}`)) === 0) continue
    kept.push(column)
  }
  return kept
}

function keyOf({ request: { key = [] } }: Splitting, columns: readonly Column[]): string {
  const all = columns.map(({ name }) => name)
  const own = key.flatMap(name => all.find(other => other.toLowerCase() === name.toLowerCase()) ?? [])
  // A load that lacks a column of the key is stopped by its contract; until then any key will do.
  const names = key.length > 0 && own.length === key.length ? own : all
  return `md5(to_json({${names.map(name => `${quoteName(name)}: ${quoteName(name)}`).join(', ')}})::varchar)`
}

async function childrenOf(
  splitting: Splitting,
  list: Flat,
  parent: { readonly relation: string; readonly key: string; readonly row: string },
): Promise<Loaded['children']> {
  const { session, temp } = splitting
  const elements = temp()
  const item = list.type.slice(0, -2)
  await session.run(`create temp table ${elements} as
    select ${parent.key} as _parent_key, generate_subscripts(${list.sql}, 1) - 1 as _index,
      unnest(${list.sql}) as item, ${parent.row}
    from ${parent.relation} where ${list.sql} is not null`)
  const own = [
    { name: '_parent_key', type: 'VARCHAR', nullable: false },
    { name: '_index', type: 'BIGINT', nullable: false },
  ]
  const flat = await flatten(session, elements, [{ name: 'item', type: item, nullable: true }])
  const hadLists = (splitting.request.lists ?? []).some(path => path.startsWith(`${list.name}__`))
  const lists = flat.filter(({ type }) => type.endsWith('[]'))
  const plain = named(
    flat.filter(({ type }) => !type.endsWith('[]')).map(column => ({ ...column, name: inner(column.name) })),
  )
  const key = "md5(_parent_key || '/' || _index::varchar)"
  const relation = temp()
  const row = '_row_source, _row_position'
  const select = plain.map(({ name, sql }) => `${sql} as ${quoteName(name)}`)
  const keyed = lists.length > 0 || hadLists ? [`${key} as _key`] : []
  await session.run(`create temp view ${relation} as
    select ${['_parent_key', '_index', ...select, ...keyed, row].join(', ')} from ${elements}`)
  const keyColumn = lists.length > 0 || hadLists ? [{ name: '_key', type: 'VARCHAR', nullable: false }] : []
  const child = { path: list.name, relation, columns: [...own, ...plain.map(columnOf), ...keyColumn] }
  const below: Loaded['children'][number][] = []
  for (const nested of lists)
    below.push(
      ...(await childrenOf(
        splitting,
        { ...nested, name: pathBelow(list.name, nested.name) },
        { relation: elements, key, row },
      )),
    )
  return [child, ...below]
}

/** `item` is the element itself; its fields are called `item__a` on the way. */
function inner(name: string): string {
  return name === 'item' ? 'value' : name.slice('item__'.length)
}

function pathBelow(path: string, name: string): string {
  return `${path}__${inner(name)}`
}

/** STRUCTs opened, level by level, until only scalars, LISTs and MAPs are left. */
async function flatten(
  session: Session,
  relation: string,
  columns: readonly Column[],
): Promise<readonly Flat[]> {
  const flat: Flat[] = []
  const open = columns.map(({ name, type }): Flat => ({ name, type, sql: quoteName(name) }))
  while (open.length > 0) {
    const next = open.shift() as Flat
    if (!next.type.startsWith('STRUCT(') || next.type.endsWith('[]')) {
      flat.push(next)
      continue
    }
    const fields = await session.describe(`select unnest(${next.sql}) from ${relation}`)
    const inside = fields.map(field => ({
      name: `${next.name}__${field.name}`,
      type: field.type,
      sql: `struct_extract(${next.sql}, ${quoteText(field.name)})`,
    }))
    open.unshift(...inside)
  }
  return flat
}

function named(flat: readonly Flat[]): readonly Flat[] {
  const names = uniqueNames(flat.map(({ name }) => name))
  return flat.map((column, i) => ({ ...column, name: names[i] ?? column.name }))
}

function columnOf({ name, type }: Flat): Column {
  return { name, type, nullable: true }
}
