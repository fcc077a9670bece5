import type { Loaded, LoadRequest } from '../../../connect/index.ts'
import type { Column } from '../../../model/index.ts'
import { quoteName, quoteText } from '../../../sql/index.ts'
import type { Session } from '../session.ts'
import { uniqueNames } from './stage.ts'

/** A column of a flattened relation: an expression over the relation it is taken from. */
type Flat = { readonly name: string; readonly type: string; readonly sql: string }
type Split = {
  readonly relation: string
  readonly columns: readonly Column[]
  readonly children: Loaded['children']
}
type Splitting = { readonly session: Session; readonly temp: () => string; readonly key: LoadRequest['key'] }

/**
 * Nested columns taken apart: a STRUCT becomes columns `a__b` of its table, a LIST a child relation with one
 * row per element (`_parent_key`, `_index` from 0, then the element's columns or `value`). A parent with
 * children gets `_key`: the MD5 of its key's values, else of its whole row, so that the same row has the same
 * key in every load. MAPs stay.
 */
export async function split(
  splitting: Splitting,
  relation: string,
  columns: readonly Column[],
): Promise<Split> {
  const flat = await flatten(splitting.session, relation, columns)
  const lists = flat.filter(({ type }) => type.endsWith('[]'))
  const plain = named(flat.filter(({ type }) => !type.endsWith('[]')))
  const parent = splitting.temp()
  const select = plain.map(({ name, sql }) => `${sql} as ${quoteName(name)}`)
  const key = lists.length > 0 ? [`${keyOf(splitting, columns)} as _key`] : []
  await splitting.session.run(`create temp view ${parent} as
    select ${[...select, ...key, '_source', '_position'].join(', ')} from ${relation}`)
  const children: Loaded['children'][number][] = []
  for (const list of lists)
    children.push(...(await childrenOf(splitting, list, { relation, key: keyOf(splitting, columns) })))
  const keyColumn = lists.length > 0 ? [{ name: '_key', type: 'VARCHAR', nullable: false }] : []
  return { relation: parent, columns: [...plain.map(columnOf), ...keyColumn], children }
}

function keyOf({ key = [] }: Splitting, columns: readonly Column[]): string {
  const names = key.length > 0 ? key : columns.map(({ name }) => name)
  return `md5(to_json({${names.map(name => `${quoteName(name)}: ${quoteName(name)}`).join(', ')}})::varchar)`
}

async function childrenOf(
  splitting: Splitting,
  list: Flat,
  parent: { readonly relation: string; readonly key: string },
): Promise<Loaded['children']> {
  const { session, temp } = splitting
  const elements = temp()
  const item = list.type.slice(0, -2)
  await session.run(`create temp table ${elements} as
    select ${parent.key} as _parent_key, generate_subscripts(${list.sql}, 1) - 1 as _index,
      unnest(${list.sql}) as item
    from ${parent.relation} where ${list.sql} is not null`)
  const own = [
    { name: '_parent_key', type: 'VARCHAR', nullable: false },
    { name: '_index', type: 'BIGINT', nullable: false },
  ]
  const flat = await flatten(session, elements, [{ name: 'item', type: item, nullable: true }])
  const lists = flat.filter(({ type }) => type.endsWith('[]'))
  const plain = named(
    flat.filter(({ type }) => !type.endsWith('[]')).map(column => ({ ...column, name: inner(column.name) })),
  )
  const key = "md5(_parent_key || '/' || _index::varchar)"
  const relation = temp()
  const select = plain.map(({ name, sql }) => `${sql} as ${quoteName(name)}`)
  const keyed = lists.length > 0 ? [`${key} as _key`] : []
  await session.run(`create temp view ${relation} as
    select ${['_parent_key', '_index', ...select, ...keyed].join(', ')} from ${elements}`)
  const keyColumn = lists.length > 0 ? [{ name: '_key', type: 'VARCHAR', nullable: false }] : []
  const child = { path: list.name, relation, columns: [...own, ...plain.map(columnOf), ...keyColumn] }
  const below: Loaded['children'][number][] = []
  for (const nested of lists)
    below.push(
      ...(await childrenOf(
        splitting,
        { ...nested, name: pathBelow(list.name, nested.name) },
        { relation: elements, key },
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
