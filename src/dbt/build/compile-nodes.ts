import type { Node, UniqueId } from '../face.ts'
import { wordsOf } from '../nodes/carry.ts'
import { compiler } from '../nodes/compile.ts'
import type { World } from '../nodes/world.ts'
import { connectionsOf } from './connections.ts'

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
      const node: Node | undefined = world.manifest.nodes.get(id) ?? world.manifest.functions.get(id)
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
