import { type Kind, kinds } from './kinds.ts'

// How strongly Spark's operators bind, weakest first (SqlBaseParser.g4: booleanExpression, valueExpression).
export const powers = {
  lowest: 0,
  or: 1,
  and: 2,
  not: 3,
  predicate: 4,
  bitOr: 5,
  bitXor: 6,
  bitAnd: 7,
  sum: 8,
  product: 9,
  sign: 10,
}

type Infix = {
  readonly power: number
  readonly takes: readonly Kind[]
  /** Both sides are brought to one type. */
  readonly compares?: true
  readonly sql: (left: string, right: string) => string
}

const plain = (operator: string) => (left: string, right: string) => `(${left} ${operator} ${right})`
const boolean = (power: number, word: string): Infix => ({ power, takes: kinds.any, sql: plain(word) })
const compare = (operator: string): Infix => ({
  power: powers.predicate,
  takes: kinds.any,
  compares: true,
  sql: plain(operator),
})
const integers = (power: number, sql: Infix['sql']): Infix => ({ power, takes: kinds.integer, sql })
const sum = (operator: string): Infix => ({ power: powers.sum, takes: kinds.number, sql: plain(operator) })

export const infixes: { readonly [operator: string]: Infix } = {
  OR: boolean(powers.or, 'OR'),
  AND: boolean(powers.and, 'AND'),
  '=': compare('='),
  '==': compare('='),
  '<=>': compare('IS NOT DISTINCT FROM'),
  '<>': compare('<>'),
  '!=': compare('<>'),
  '<': compare('<'),
  '<=': compare('<='),
  '>': compare('>'),
  '>=': compare('>='),
  '|': integers(powers.bitOr, plain('|')),
  // `^` is a power in DuckDB.
  '^': integers(powers.bitXor, (left, right) => `xor(${left}, ${right})`),
  '&': integers(powers.bitAnd, plain('&')),
  '+': sum('+'),
  '-': sum('-'),
  '||': { power: powers.sum, takes: kinds.string, sql: plain('||') },
  '*': { power: powers.product, takes: kinds.number, sql: plain('*') },
  // Spark divides decimals as decimals, DuckDB as doubles; by zero Spark gives NULL or an error, DuckDB an
  // infinity.
  '/': {
    power: powers.product,
    takes: kinds.inexact,
    sql: (left, right) => `(${left} / nullif(${right}, 0))`,
  },
  '%': integers(powers.product, (left, right) => `(${left} % nullif(${right}, 0))`),
  DIV: integers(powers.product, (left, right) => `(${left} // nullif(${right}, 0))`),
}
