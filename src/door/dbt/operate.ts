import { jsonOf, runOperation, valueOf } from '../../dbt/index.ts'
import { failure } from '../../errors/index.ts'
import type { Json } from '../../model/index.ts'
import { artifactsOf } from './artifacts.ts'
import type { Opened } from './opened.ts'

/** `run-operation MACRO --args …`; what the macro returned, where JSON can say it. */
export async function operated(rooms: Opened): Promise<Json> {
  const { options, settings } = rooms
  const [name] = options.words ?? []
  if (name === undefined)
    throw failure('SLUICE_CLI_ARGUMENT_MISSING', {
      argument: 'a macro',
      usage: "sluice dbt run-operation MACRO --args '{name: value}'",
    })
  const named = Object.fromEntries(
    Object.entries(settings.mapping('args')).map(([key, value]) => [key, valueOf(value)]),
  )
  artifactsOf(rooms).manifest()
  const world = await rooms.world([])
  return jsonOf(await runOperation(world, name, { named, signal: options.signal }))
}
