import type { Node, UniqueId } from '../face.ts'
import { operation } from '../nodes/scene.ts'
import { wordsOf } from '../nodes/carry.ts'
import { compiler } from '../nodes/compile.ts'
import type { World } from '../nodes/world.ts'
import { connectionsOf } from './connections.ts'
import { told } from './operation.ts'

export type CompiledNode = {
  readonly id: UniqueId
  /** undefined: it could not be compiled, and `words` say why. */
  readonly code: string | undefined
  readonly words: string | undefined
}

/** The code of nodes as it would be executed; nothing is built, but templates may ask the database. */
export async function compileNodes(
  world: World,
  ids: readonly UniqueId[],
  signal: AbortSignal,
): Promise<readonly CompiledNode[]> {
  const connections = connectionsOf(world, signal)
  const { compile } = compiler(world)
  const done: CompiledNode[] = []
  try {
    const session = await connections.session(0)
    for (const id of ids) {
      const node = world.manifest.nodes.get(id) ?? world.manifest.functions.get(id)
      if (!node || node.resource_type === 'seed') continue
      try {
        const { code } = await compile(node, session)
        world.write('compiled', node, code)
        done.push({ id, code, words: undefined })
      } catch (thrown) {
        done.push({ id, code: undefined, words: wordsOf(thrown, node) })
      }
    }
    return done
  } finally {
    connections.close()
  }
}

/** Code that stands in no file of the project: it may refer to anything. */
export function inlineNode(projectName: string, code: string): Node {
  return {
    ...operation(projectName, 'inline_query'),
    unique_id: `sql operation.${projectName}.inline_query`,
    resource_type: 'sql_operation',
    original_file_path: 'sql/inline_query',
    path: 'sql/inline_query',
    config: { materialized: 'view' },
    raw_code: code,
  }
}

/** The same for code of a command line. */
export async function compileInline(world: World, code: string, signal: AbortSignal): Promise<string> {
  const connections = connectionsOf(world, signal)
  const node = inlineNode(world.root.name, code)
  try {
    const session = await connections.session(0)
    return (await compiler(world).compile(node, session, { isFree: true })).code
  } catch (thrown) {
    throw told(thrown, node)
  } finally {
    connections.close()
  }
}
