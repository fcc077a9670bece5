import type { Value } from '../../jinja/index.ts'
import type { Node, NodeResult } from '../face.ts'
import { type Carrying, wordsOf } from './carry.ts'
import { timer } from './timing.ts'

/** A hook of the project: its code is rendered, and whatever SQL comes of it is executed. */
export async function carryOutHook(
  node: Node,
  carrying: Carrying & { readonly names: ReadonlyMap<string, Value> },
): Promise<NodeResult> {
  const { world, compiler, session, thread, names } = carrying
  const timing = timer(world.nowMs)
  const result = (status: 'success' | 'error', message: string): NodeResult => ({
    unique_id: node.unique_id,
    status,
    message,
    failures: 0,
    execution_time: timing.seconds(),
    thread_id: thread,
    adapter_response: {},
    timing: timing.spans(),
    compiled: true,
    compiled_code: null,
    relation_name: null,
    batch_results: null,
  })
  try {
    const { code } = await timing.span('compile', () => compiler.compile(node, session, { names }))
    world.write('compiled', node, code)
    const done =
      code.trim() === ''
        ? { message: 'OK' }
        : await timing.span('execute', () => session.execute(code, { autoBegin: false, fetch: false }))
    await session.commit()
    return result('success', done.message)
  } catch (thrown) {
    await session.rollback()
    return result('error', wordsOf(thrown, node))
  }
}
