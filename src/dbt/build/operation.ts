import { failure } from '../../errors/index.ts'
import type { Value } from '../../jinja/index.ts'
import { readSeed } from '../adapter/seed.ts'
import type { Table } from '../context/table.ts'
import { emptyTable } from '../context/table.ts'
import type { Node } from '../face.ts'
import { wordsOf } from '../nodes/carry.ts'
import { callMacro } from '../nodes/context.ts'
import { compiler } from '../nodes/compile.ts'
import { operation, type Scene } from '../nodes/scene.ts'
import type { World } from '../nodes/world.ts'
import { connectionsOf } from './connections.ts'

/** Call one macro by name, with arguments by name; what it changed is committed when it ends well. */
export async function runOperation(
  world: World,
  name: string,
  {
    named,
    signal,
  }: { readonly named: { readonly [parameter: string]: Value }; readonly signal: AbortSignal },
): Promise<Value> {
  const connections = connectionsOf(world, signal)
  const node = operation(world.root.name, name)
  try {
    const session = await connections.session(0)
    const scene: Scene = { world, node, session, ctes: new Set(), isFree: true }
    const value = await callMacro(scene, name, named)
    await session.commit()
    return value
  } catch (thrown) {
    throw told(thrown, node)
  } finally {
    connections.close()
  }
}

/** The first rows of a node's query, of one that is given, or of a seed's file. */
export async function showQuery(
  world: World,
  node: Node,
  { limit, signal }: { readonly limit: number | null; readonly signal: AbortSignal },
): Promise<Table> {
  if (node.resource_type === 'seed') return firstRows(seedOf(world, node), limit)
  const connections = connectionsOf(world, signal)
  try {
    const session = await connections.session(0)
    const isFree = node.resource_type === 'sql_operation'
    const { code } = await compiler(world).compile(node, session, { isFree })
    const scene: Scene = { world, node, session, ctes: new Set(), isFree: true }
    const header = node.config.sql_header
    const sql = await callMacro(scene, 'get_show_sql', {
      compiled_code: code,
      sql_header: typeof header === 'string' ? header : null,
      limit,
    })
    const { table = emptyTable } = await session.execute(String(sql), { autoBegin: true, fetch: true })
    return table
  } catch (thrown) {
    throw told(thrown, node)
  } finally {
    connections.close()
  }
}

function seedOf(world: World, node: Node): Table {
  return readSeed((world.packages.get(node.package_name) ?? world.root).root, node)
}

function firstRows(table: Table, limit: number | null): Table {
  return { ...table, rows: limit === null ? table.rows : table.rows.slice(0, limit) }
}

/** Outside of a run there is no result to put the words into. */
export function told(thrown: unknown, node: Node): Error {
  return failure('SLUICE_DBT_FAILED', { words: wordsOf(thrown, node) })
}
