import {
  Dict,
  HOST,
  type Host,
  type HostType,
  json,
  raise,
  repr,
  str,
  Tuple,
  tupleOf,
  type Value,
} from '../../jinja/index.ts'
import { hostType } from './host.ts'
import { text } from './relation.ts'

/** agate's types of columns, which macros ask for by name. */
export type TableType = 'Integer' | 'Number' | 'Date' | 'DateTime' | 'Boolean' | 'Text' | 'TimeDelta'

/** Rows with named columns: what a query or a seed file gave. */
export type Table = {
  readonly names: readonly string[]
  readonly types: readonly TableType[]
  readonly rows: readonly (readonly Value[])[]
}

export const emptyTable: Table = { names: [], types: [], rows: [] }

/** A table in the hands of templates, with the part of agate's interface that projects use. */
export class TableValue implements Host {
  readonly table: Table
  readonly [HOST]: HostType<TableValue> = tableHost
  constructor(table: Table) {
    this.table = table
  }
}

/** A row, a column, or all of them: values by position and by name; frozen. */
class Sequence implements Host {
  readonly kind: 'Row' | 'Column' | 'MappedSequence'
  readonly values: readonly Value[]
  readonly keys: readonly string[]
  /** Of a column. */
  readonly column: { readonly index: number; readonly name: string; readonly type: TableType } | undefined
  readonly [HOST]: HostType<Sequence> = sequenceHost
  constructor(
    kind: Sequence['kind'],
    { values, keys, column }: Pick<Sequence, 'values' | 'keys'> & { readonly column?: Sequence['column'] },
  ) {
    this.kind = kind
    this.values = values
    this.keys = keys
    this.column = column
  }
}

const sequenceHost: HostType<Sequence> = hostType<Sequence>(
  'agate.MappedSequence',
  {
    fields: {
      name: ({ column }) => column?.name ?? null,
      index: ({ column }) => column?.index ?? null,
      data_type: ({ column }) => (column ? new TypeValue(column.type) : null),
    },
    methods: {
      values: ['', ({ values }) => tupleOf(values)],
      keys: ['', ({ keys }) => tupleOf(keys)],
      items: ['', ({ values, keys }) => keys.map((key, i) => tupleOf([key, values[i] ?? null]))],
      get: ['key, default=None', (self, [key, otherwise]) => memberOf(self, key) ?? otherwise],
      dict: ['', ({ values, keys }) => Dict.of(keys.map((key, i) => [key, values[i] ?? null]))],
      values_distinct: ['', ({ values }) => tupleOf(new Set(values))],
      values_without_nulls: ['', ({ values }) => tupleOf(values.filter(value => value !== null))],
      values_sorted: ['', ({ values }) => tupleOf(values)],
    },
  },
  {
    item: (self, key) => memberOf(self, key),
    iterate: ({ values }) => values,
    length: ({ values }) => values.length,
    truth: ({ values }) => values.length > 0,
    contains: ({ values }, item) => values.includes(item),
    equal: ({ values }, other) =>
      other instanceof Sequence && repr(tupleOf(values)) === repr(tupleOf(other.values)),
    str: told,
    repr: told,
  },
)

function memberOf({ values, keys }: Sequence, key: Value): Value | undefined {
  if (typeof key === 'number') return values.at(key)
  return typeof key === 'string' ? values[keys.indexOf(key)] : undefined
}

function told({ kind, values }: Sequence): string {
  const sample = values.slice(0, 5).map(value => repr(value))
  return `<agate.${kind}: (${sample.join(', ')}${values.length > 5 ? ', ...' : ''})>`
}

class TypeValue implements Host {
  readonly type: TableType
  readonly [HOST]: HostType<TypeValue> = typeHost
  constructor(type: TableType) {
    this.type = type
  }
}

const typeHost: HostType<TypeValue> = hostType<TypeValue>(
  'agate.data_types.DataType',
  {},
  {
    repr: ({ type }) => `<agate.data_types.${type}>`,
    str: ({ type }) => `<agate.data_types.${type}>`,
    equal: (self, other) => other instanceof TypeValue && other.type === self.type,
  },
)

const tableHost: HostType<TableValue> = hostType<TableValue>(
  'agate.Table',
  {
    fields: {
      columns: ({ table }) => columnsOf(table),
      column_names: ({ table }) => tupleOf(table.names),
      column_types: ({ table }) => tupleOf(table.types.map(type => new TypeValue(type))),
      rows: ({ table }) => rowsOf(table),
    },
    methods: {
      select: ['key', ({ table }, [key]) => picked(table, namesIn(table, key))],
      exclude: ['key', ({ table }, [key]) => picked(table, without(table.names, namesIn(table, key)))],
      limit: [
        'start_or_stop=None, stop=None, step=None',
        ({ table }, [start, stop]) => limited(table, start, stop),
      ],
      rename: [
        'column_names=None, row_names=None, slug_columns=False, slug_rows=False',
        ({ table }, [names]) => renamed(table, names),
      ],
      order_by: [
        'key, reverse=False',
        ({ table }, [key, reverse]) => ordered(table, namesIn(table, key), reverse === true),
      ],
      distinct: [
        'key=None',
        ({ table }, [key]) => distinct(table, key === null ? table.names : namesIn(table, key)),
      ],
      group_by: ['key, key_name=None', ({ table }, [key]) => grouped(table, namesIn(table, key)[0] ?? '')],
      print_table: [
        'max_rows=20, max_columns=6, **kwargs',
        ({ table }, [rows, columns]) => asMarkdown(table, rows, columns),
      ],
      print_json: ['*args, **kwargs', ({ table }) => asJson(table)],
      print_csv: ['*args, **kwargs', ({ table }) => asCsv(table)],
    },
  },
  {
    iterate: ({ table }) => rowValues(table),
    length: ({ table }) => table.rows.length,
    item: ({ table }, key) => (typeof key === 'number' ? rowAt(table, key) : undefined),
    truth: ({ table }) => table.rows.length > 0,
    str: ({ table }) => structure(table),
    repr: () => '<agate.table.Table object>',
  },
)

function columnsOf(table: Table): Sequence {
  const values = table.names.map((name, index) => {
    const type = table.types[index] ?? 'Text'
    return new Sequence('Column', {
      values: table.rows.map(row => row[index] ?? null),
      keys: [],
      column: { index, name, type },
    })
  })
  return new Sequence('MappedSequence', { values, keys: table.names })
}

function rowsOf(table: Table): Sequence {
  return new Sequence('MappedSequence', { values: rowValues(table), keys: [] })
}

function rowValues({ names, rows }: Table): Sequence[] {
  return rows.map(values => new Sequence('Row', { values, keys: names }))
}

function rowAt({ names, rows }: Table, index: number): Sequence | undefined {
  const values = rows.at(index)
  return values && new Sequence('Row', { values, keys: names })
}

/** One name, or several. */
function namesIn(table: Table, key: Value): readonly string[] {
  const wanted = Array.isArray(key) || key instanceof Tuple ? Array.from(key, each => str(each)) : [str(key)]
  for (const name of wanted) if (!table.names.includes(name)) raise('KeyError', repr(name))
  return wanted
}

function without(names: readonly string[], taken: readonly string[]): readonly string[] {
  return names.filter(name => !taken.includes(name))
}

function picked(table: Table, names: readonly string[]): TableValue {
  const at = names.map(name => table.names.indexOf(name))
  return new TableValue({
    names,
    types: at.map(index => table.types[index] ?? 'Text'),
    rows: table.rows.map(row => at.map(index => row[index] ?? null)),
  })
}

function limited(table: Table, start: Value, stop: Value): TableValue {
  const bounds = stop === null ? [0, start] : [start, stop]
  const [from, to] = bounds.map(bound => (typeof bound === 'number' ? bound : undefined))
  return new TableValue({ ...table, rows: table.rows.slice(from, to) })
}

function renamed(table: Table, names: Value): TableValue {
  if (names instanceof Dict)
    return new TableValue({ ...table, names: table.names.map(name => text(names.get(name)) ?? name) })
  return Array.isArray(names) ? new TableValue({ ...table, names: names.map(str) }) : new TableValue(table)
}

function ordered(table: Table, names: readonly string[], isReverse: boolean): TableValue {
  const at = names.map(name => table.names.indexOf(name))
  const rows = table.rows.toSorted((a, b) => {
    for (const index of at) {
      const order = before(a[index] ?? null, b[index] ?? null)
      if (order !== 0) return isReverse ? -order : order
    }
    return 0
  })
  return new TableValue({ ...table, rows })
}

/** Nothing comes last, as agate has it. */
function before(a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [sortText(a), sortText(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

function sortText(value: Value): string {
  return str(value)
}

function distinct(table: Table, names: readonly string[]): TableValue {
  const at = names.map(name => table.names.indexOf(name))
  const seen = new Set<string>()
  const rows = table.rows.filter(row => {
    const key = repr(tupleOf(at.map(index => row[index] ?? null)))
    return !seen.has(key) && seen.add(key)
  })
  return new TableValue({ ...table, rows })
}

function grouped(table: Table, name: string): Dict {
  const at = table.names.indexOf(name)
  const groups = new Map<string, { readonly key: Value; readonly rows: (readonly Value[])[] }>()
  for (const row of table.rows) {
    const key = row[at] ?? null
    const group = groups.get(repr(key)) ?? { key, rows: [] }
    group.rows.push(row)
    groups.set(repr(key), group)
  }
  return Dict.of(Array.from(groups.values(), ({ key, rows }) => [key, new TableValue({ ...table, rows })]))
}

function structure({ names, types }: Table): string {
  const lines = names.map((name, i) => `| ${name} | ${types[i] ?? 'Text'} |`)
  return ['| column | data_type |', '| ------ | --------- |', ...lines].join('\n')
}

/** What is printed goes into the text: a template has no standard output. */
function asMarkdown(table: Table, rowsMax: Value, columnsMax: Value): string {
  const names = table.names.slice(0, typeof columnsMax === 'number' ? columnsMax : undefined)
  const rows = table.rows.slice(0, typeof rowsMax === 'number' ? rowsMax : undefined)
  const cells = [names, names.map(() => '---'), ...rows.map(row => names.map((_, i) => cell(row[i] ?? null)))]
  return cells.map(line => `| ${line.join(' | ')} |`).join('\n')
}

function cell(value: Value): string {
  return value === null ? '' : str(value)
}

function asJson({ names, rows }: Table): string {
  const all = rows.map(row => Dict.of(names.map((name, i) => [name, plain(row[i] ?? null)])))
  return json(all, { sorts: false })
}

function plain(value: Value): Value {
  return typeof value === 'object' && value !== null && HOST in value ? str(value) : value
}

function asCsv({ names, rows }: Table): string {
  const quoted = (value: string) => (/[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
  return [names, ...rows.map(row => row.map(cell))].map(line => line.map(quoted).join(',')).join('\n')
}
