import { Failure } from '../../errors/index.ts'
import { Raised } from '../../jinja/index.ts'
import { relation } from '../adapter/relation.ts'
import { RelationValue } from '../context/relation.ts'
import { emptyTable, type Table, TableValue } from '../context/table.ts'
import { wordsOf } from '../nodes/carry.ts'
import { callMacro } from '../nodes/context.ts'
import { isEphemeral } from '../nodes/references.ts'
import { operation, type Scene } from '../nodes/scene.ts'
import type { World } from '../nodes/world.ts'
import { connectionsOf } from './connections.ts'

/** One row per column of every relation in the schemas that the project uses, and what could not be asked. */
export type Catalog = { readonly tables: readonly Table[]; readonly errors: readonly string[] }

export async function readCatalog(world: World, signal: AbortSignal): Promise<Catalog> {
  const connections = connectionsOf(world, signal)
  const tables: Table[] = []
  const errors: string[] = []
  const node = operation(world.root.name, 'get_catalog')
  try {
    const session = await connections.session(0)
    const scene: Scene = { world, node, session, ctes: new Set(), isFree: true }
    for (const [database, schemas] of schemasOf(world)) {
      const answer = await one(scene, database, schemas)
      if (typeof answer === 'string') errors.push(answer)
      else tables.push(answer)
    }
    return { tables, errors }
  } finally {
    connections.close()
  }
}

/** What a database says of its schemas, or why it does not. */
async function one(scene: Scene, database: string, schemas: readonly string[]): Promise<Table | string> {
  const quote = { database: true, schema: false, identifier: false }
  const place = relation({ database, schema: 'information_schema', quote })
  const named = { information_schema: new RelationValue(place), schemas: [...schemas] }
  try {
    const answer = await callMacro(scene, 'get_catalog', named)
    return answer instanceof TableValue ? answer.table : emptyTable
  } catch (thrown) {
    if (!(thrown instanceof Failure || thrown instanceof Raised)) throw thrown
    return wordsOf(thrown, scene.node)
  }
}

/** Schemas of models, seeds, snapshots and sources, by database. */
function schemasOf({ manifest, profile }: World): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>()
  const relations = [...manifest.nodes.values()].filter(
    node => ['model', 'seed', 'snapshot'].includes(node.resource_type) && !isEphemeral(node),
  )
  for (const { database, schema } of [...relations, ...manifest.sources.values()]) {
    const name = typeof database === 'string' ? database : profile.database
    const schemas = found.get(name) ?? new Set<string>()
    schemas.add(String(schema).toLowerCase())
    found.set(name, schemas)
  }
  return new Map(Array.from(found, ([database, schemas]) => [database, [...schemas]]))
}
