import type { Session } from '../../../../engine/index.ts'
import { failure } from '../../../../errors/index.ts'
import { quoteName } from '../../../../sql/index.ts'
import { type TableField, typeSql } from '../../../../tables/index.ts'
import { translate } from './expression.ts'
import { kindOf } from './kinds.ts'

/** A Spark expression that is proven to mean the same here. */
export type Bound = {
  readonly sql: string
  /** The engine's type of its value. */
  readonly type: string
  /** Paths of the columns that it reads. */
  readonly columns: readonly (readonly string[])[]
}

/** Translate, and let the engine say over the table's types whether all parts mean what Spark means. */
export async function bind(
  session: Session,
  expression: string,
  fields: readonly TableField[],
): Promise<Bound> {
  const { sql, columns, demands } = translate(expression, fields)
  const asked = [sql, ...demands.map(demand => demand.sql)].map((one, at) => `${one} as c${at}`)
  const row = fields.map(field => `cast(null as ${typeSql(field.type)}) as ${quoteName(field.name)}`)
  const from = row.length > 0 ? ` from (select ${row.join(', ')}) as "a row of the table"` : ''
  const unsupported = (part: string, cause?: unknown) =>
    failure('SLUICE_DELTA_EXPRESSION_UNSUPPORTED', { expression, part }, { cause })
  const types = await session.describe(`select ${asked.join(', ')}${from}`).catch((thrown: unknown) => {
    throw unsupported(expression, thrown)
  })
  demands.forEach(({ kinds, part }, at) => {
    const kind = kindOf(types[at + 1]?.type ?? '')
    if (kind === undefined || !kinds.includes(kind)) throw unsupported(part)
  })
  return { sql, type: types[0]?.type ?? '', columns }
}
