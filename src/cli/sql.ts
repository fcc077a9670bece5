import { failure } from '../errors/index.ts'
import { type Call, given } from './call.ts'
import { formOf, rowsMaxOf, tellRows } from './print/rows.ts'
import { numberOf } from './wish.ts'

/** `sluice sql`: a query against the target, read only. */
export async function sql(call: Call): Promise<number> {
  const query = await queryOf(call)
  const form = formOf(call.out, { csv: given(call, 'csv') })
  const rowsMax = rowsMaxOf(form, numberOf(call, 'rows'))
  const project = await call.open()
  tellRows(await project.sql(query, { rowsMax }), call.out, form)
  return 0
}

async function queryOf({ words, world }: Call): Promise<string> {
  const [word] = words
  const query = word === undefined || word === '-' ? await world.stdin() : word
  if (query !== undefined && query.trim() !== '') return query
  const usage = 'sluice sql "select 1"'
  throw failure('SLUICE_CLI_ARGUMENT_MISSING', { argument: 'a query', usage })
}
