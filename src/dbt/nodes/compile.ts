import type { Value } from '../../jinja/index.ts'
import type { Session } from '../adapter/session.ts'
import type { Node, UniqueId } from '../face.ts'
import { nodeContext } from './context.ts'
import { type Cte, withCtes } from './ctes.ts'
import { cteNameOf } from './references.ts'
import type { Scene } from './scene.ts'
import { testNames } from './test-arguments.ts'
import type { World } from './world.ts'

/** A node's code as it is executed. */
export type Compiled = {
  readonly code: string
  /** Ephemeral models in it, those that others read first. */
  readonly ctes: readonly Cte[]
}

/** Compiled ephemeral models of one command: many nodes read them. */
export type Compiler = {
  readonly compile: (
    node: Node,
    session: Session,
    given?: Partial<Pick<Scene, 'batch' | 'instead' | 'names' | 'isFree' | 'ctes' | 'thread'>>,
  ) => Promise<Compiled>
}

export function compiler(world: World): Compiler {
  const ephemerals = new Map<UniqueId, Promise<Rendered>>()
  const rendered = (id: UniqueId, session: Session): Promise<Rendered> => {
    const before = ephemerals.get(id)
    if (before) return before
    const node = world.manifest.nodes.get(id)
    const made = node
      ? render({ world, node, session, ctes: new Set() })
      : Promise.resolve({ code: '', ctes: [] })
    ephemerals.set(id, made)
    return made
  }
  /** Those that a node refers to, each after the ones that it reads itself. */
  const gather = async (
    ids: Iterable<UniqueId>,
    session: Session,
    found: Map<UniqueId, Cte>,
  ): Promise<void> => {
    for (const id of ids) {
      if (found.has(id)) continue
      const { code, ctes } = await rendered(id, session)
      await gather(ctes, session, found)
      const node = world.manifest.nodes.get(id)
      if (node) found.set(id, { id, sql: ` ${cteNameOf(node)} as (\n${code}\n)` })
    }
  }
  return {
    compile: async (node, session, given = {}) => {
      const { code, ctes } = await render({ world, node, session, ctes: new Set(), ...given })
      const found = new Map<UniqueId, Cte>()
      await gather(ctes, session, found)
      const all = [...found.values()]
      return { code: withCtes(code, all), ctes: all }
    },
  }
}

type Rendered = { readonly code: string; readonly ctes: readonly UniqueId[] }

/** The node's code with its templates filled in; ephemeral models are noted, not yet put in. */
async function render(scene: Scene): Promise<Rendered> {
  const { world, node } = scene
  const source = { name: node.original_file_path }
  if (node.language === 'python') {
    const { context } = nodeContext(scene)
    const postfix = await world.code.template('{{ py_script_postfix(model) }}', source).renderAsync(context)
    return { code: `${node.raw_code}\n\n${postfix}`, ctes: [] }
  }
  const names = new Map<string, Value>(scene.names)
  const { context } = nodeContext({ ...scene, names })
  for (const [name, value] of await testNames(node, world.code, context)) context.set(name, value)
  const code = await world.code.template(node.raw_code, source).renderAsync(context)
  return { code, ctes: [...scene.ctes] }
}
