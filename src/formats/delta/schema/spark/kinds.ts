import { decimalOf } from '../types.ts'

/** Sorts of types that mean the same to both dialects. */
export type Kind = 'boolean' | 'integer' | 'float' | 'decimal' | 'string' | 'date' | 'timestamp' | 'local'

export const kinds = {
  any: [],
  integer: ['integer'],
  number: ['integer', 'float', 'decimal'],
  inexact: ['integer', 'float'],
  string: ['string'],
  textual: ['string', 'date', 'timestamp', 'local'],
  date: ['date'],
  day: ['date', 'timestamp', 'local'],
  time: ['timestamp', 'local'],
} satisfies { readonly [name: string]: readonly Kind[] }

const kindOfEngine: { readonly [engine: string]: Kind } = {
  BOOLEAN: 'boolean',
  TINYINT: 'integer',
  SMALLINT: 'integer',
  INTEGER: 'integer',
  BIGINT: 'integer',
  FLOAT: 'float',
  DOUBLE: 'float',
  VARCHAR: 'string',
  DATE: 'date',
  'TIMESTAMP WITH TIME ZONE': 'timestamp',
  TIMESTAMP: 'local',
}

/** undefined: a type that no rule here speaks of. */
export function kindOf(engine: string): Kind | undefined {
  return engine.startsWith('DECIMAL(') ? 'decimal' : kindOfEngine[engine]
}

type Cast = { readonly type: string; readonly from: readonly Kind[] }

// Only casts whose every result is the same in both: DuckDB rounds where Spark cuts (1.5 as int), and prints
// doubles, decimals and timestamps in another way.
const integral = (type: string): Cast => ({ type, from: ['integer', 'boolean'] })
const moment = (type: string): Cast => ({ type, from: ['date', 'timestamp', 'local', 'string'] })
const casts: { readonly [name: string]: Cast } = {
  BYTE: integral('TINYINT'),
  TINYINT: integral('TINYINT'),
  SHORT: integral('SMALLINT'),
  SMALLINT: integral('SMALLINT'),
  INT: integral('INTEGER'),
  INTEGER: integral('INTEGER'),
  LONG: integral('BIGINT'),
  BIGINT: integral('BIGINT'),
  DOUBLE: { type: 'DOUBLE', from: ['integer', 'float'] },
  STRING: { type: 'VARCHAR', from: ['string', 'integer', 'boolean', 'date'] },
  BOOLEAN: { type: 'BOOLEAN', from: ['boolean'] },
  DATE: moment('DATE'),
  TIMESTAMP: moment('TIMESTAMP WITH TIME ZONE'),
  TIMESTAMP_LTZ: moment('TIMESTAMP WITH TIME ZONE'),
  TIMESTAMP_NTZ: moment('TIMESTAMP'),
}

/** What a type's name in a cast stands for; undefined: not one that both dialects agree on. */
export function castTo(name: string): Cast | undefined {
  const decimal = decimalOf(name)
  if (!decimal) return casts[name.toUpperCase()]
  return { type: `DECIMAL(${decimal.precision},${decimal.scale})`, from: ['integer', 'decimal'] }
}
