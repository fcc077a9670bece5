import { Failure, failure } from '../errors/index.ts'
import { type Call, given } from './call.ts'
import { formOf, rowsMaxOf, tellRows } from './print/rows.ts'
import { numberOf } from './wish.ts'

/** `sluice sql`: a query against the target, read only. */
export async function sql(call: Call): Promise<number> {
  const query = await queryOf(call)
  const form = formOf(call.out, { csv: given(call, 'csv') })
  const rowsMax = rowsMaxOf(form, numberOf(call, 'rows'))
  const project = await call.open()
  const answer = await project.sql(query, { rowsMax }).catch(thrown => {
    throw isWrongQuery(thrown) ? wrongQuery(thrown) : thrown
  })
  tellRows(answer, call.out, form)
  return 0
}

function isWrongQuery(thrown: unknown): thrown is Failure {
  return thrown instanceof Failure && thrown.code === 'SLUICE_TARGET_QUERY'
}

/** The target speaks of the SQL of assets and checks; here a person typed it. */
function wrongQuery({ why, title, cause }: Failure): Failure {
  return failure('SLUICE_CLI_QUERY', { words: why ?? title }, { cause })
}

async function queryOf({ words, world }: Call): Promise<string> {
  const [word] = words
  const query = word === undefined || word === '-' ? await world.stdin() : word
  if (query !== undefined && query.trim() !== '') return query
  const usage = 'sluice sql "select 1"'
  throw failure('SLUICE_CLI_ARGUMENT_MISSING', { argument: 'a query', usage })
}
