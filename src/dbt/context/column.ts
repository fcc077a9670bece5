import {
  CALL,
  type Callable,
  callable,
  HOST,
  type Host,
  type HostType,
  str,
  type Value,
} from '../../jinja/index.ts'
import {
  type Column,
  column,
  dataType,
  described,
  flattened,
  isFloat,
  isInteger,
  isNumeric,
  isString,
  isStruct,
  stringSize,
  translateType,
} from '../adapter/column.ts'
import { raiseCompilation } from './exceptions.ts'
import { hostType } from './host.ts'
import { text } from './relation.ts'

/** A column in the hands of templates. */
export class ColumnValue implements Host {
  readonly column: Column
  readonly [HOST]: HostType<ColumnValue> = columnHost
  constructor(of: Column) {
    this.column = of
  }
}

const columnHost: HostType<ColumnValue> = hostType<ColumnValue>(
  'DuckDBColumn',
  {
    fields: {
      column: ({ column: of }) => of.name,
      name: ({ column: of }) => of.name,
      quoted: ({ column: of }) => `"${of.name}"`,
      dtype: ({ column: of }) => of.dtype,
      data_type: ({ column: of }) => dataType(of),
      expanded_data_type: ({ column: of }) => dataType(of),
      char_size: ({ column: of }) => of.charSize,
      numeric_precision: ({ column: of }) => of.precision,
      numeric_scale: ({ column: of }) => of.scale,
      fields: ({ column: of }) => (isStruct(of) ? flattened(of).map(each => new ColumnValue(each)) : []),
    },
    methods: {
      is_string: ['', ({ column: of }) => isString(of)],
      is_number: ['', ({ column: of }) => isInteger(of) || isNumeric(of) || isFloat(of)],
      is_float: ['', ({ column: of }) => isFloat(of)],
      is_integer: ['', ({ column: of }) => isInteger(of)],
      is_numeric: ['', ({ column: of }) => isNumeric(of)],
      is_struct: ['', ({ column: of }) => isStruct(of)],
      string_size: ['', ({ column: of }) => sizeOf(of)],
      can_expand_to: ['other_column', ({ column: of }, [other]) => expands(of, other)],
      literal: ['value', ({ column: of }, [value]) => `${str(value)}::${dataType(of)}`],
      flatten: ['', ({ column: of }) => flattened(of).map(each => new ColumnValue(each))],
      ...statics(),
    },
  },
  {
    repr: ({ column: of }) => `<DuckDBColumn ${of.name} (${dataType(of)})>`,
    equal: (self, other) => other instanceof ColumnValue && keyOf(self.column) === keyOf(other.column),
    key: ({ column: of }) => keyOf(of),
  },
)

function keyOf({ name, dtype, charSize, precision, scale }: Column): string {
  return JSON.stringify([name, dtype, charSize, precision, scale])
}

function sizeOf(of: Column): number {
  return isString(of) ? stringSize(of) : raiseCompilation('string_size() is for columns of text only.')
}

function expands(of: Column, other: Value): boolean {
  if (!(other instanceof ColumnValue) || !isString(of) || !isString(other.column)) return false
  return stringSize(other.column) > stringSize(of)
}

type Static = readonly [parameters: string, run: (self: unknown, values: readonly Value[]) => Value]

/** What the class knows, reached through `api.Column` and through any column. */
function statics(): { readonly [name: string]: Static } {
  return {
    translate_type: ['dtype', (_, [dtype = null]) => translateType(str(dtype))],
    create: ['name, label_or_dtype', (_, [name = null, type = null]) => made(name, translateType(str(type)))],
    string_type: ['size', (_, [size = null]) => `character varying(${str(size)})`],
    numeric_type: [
      'dtype, precision, scale',
      (_, [dtype = null, precision = null, scale = null]) => {
        return precision === null || scale === null
          ? str(dtype)
          : `${str(dtype)}(${str(precision)},${str(scale)})`
      },
    ],
    from_description: [
      'name, raw_data_type',
      (_, [name = null, type = null]) => {
        const found = described(str(name), str(type))
        return found ? new ColumnValue(found) : raiseCompilation(`\`${str(type)}\` is no type of a column.`)
      },
    ],
  }
}

function made(name: Value, dtype: string): ColumnValue {
  return new ColumnValue(column(str(name), dtype))
}

/** `api.Column`: called, it makes a column; its members help with types. */
export function columnClass(): Host {
  const members: readonly (readonly [string, Callable])[] = Object.entries(statics()).map(
    ([name, [parameters, run]]) => [name, callable(name, parameters, values => run(undefined, values))],
  )
  const make = callable(
    'DuckDBColumn',
    'column, dtype, char_size=None, numeric_precision=None, numeric_scale=None',
    ([name, dtype, charSize, precision, scale]) =>
      new ColumnValue(
        column(str(name), text(dtype) ?? '', {
          charSize: numberOf(charSize),
          precision: numberOf(precision),
          scale: numberOf(scale),
        }),
      ),
  )
  const type = hostType<Host>(
    'type',
    { fields: Object.fromEntries(members.map(([name, run]) => [name, () => run])) },
    { call: (_, positional, named) => make[CALL](positional, named) },
  )
  return { [HOST]: type as never }
}

function numberOf(value: Value): number | null {
  return typeof value === 'number' ? value : null
}
