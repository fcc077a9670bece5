import type { Value } from '../../jinja/index.ts'
import type { Table } from '../context/table.ts'
import { emptyTable } from '../context/table.ts'
import type { Node } from '../face.ts'
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
  try {
    const session = await connections.session(0)
    const [first = '', second] = name.split('.')
    const scene: Scene = { world, node: operation(world.root.name), session, ctes: new Set(), isFree: true }
    const value = await callMacro(scene, second ?? first, named, second === undefined ? undefined : first)
    await session.commit()
    return value
  } finally {
    connections.close()
  }
}

/** The first rows of a node's query, or of one that is given. */
export async function showQuery(
  world: World,
  node: Node,
  { limit, signal }: { readonly limit: number | null; readonly signal: AbortSignal },
): Promise<Table> {
  const connections = connectionsOf(world, signal)
  try {
    const session = await connections.session(0)
    const { code } = await compiler(world).compile(node, session)
    const scene: Scene = { world, node, session, ctes: new Set(), isFree: true }
    const sql = await callMacro(scene, 'get_show_sql', { compiled_code: code, sql_header: null, limit })
    const { table = emptyTable } = await session.execute(String(sql), { autoBegin: true, fetch: true })
    return table
  } finally {
    connections.close()
  }
}
