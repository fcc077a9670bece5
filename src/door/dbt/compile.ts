import { compileInline, compileNodes } from '../../dbt/index.ts'
import { artifactsOf, compiledResults } from './artifacts.ts'
import type { Compiled } from './face.ts'
import type { Opened } from './opened.ts'
import { isNamed, resourceOf, selected } from './selection.ts'

/** The code of nodes as it would be executed, or of what `--inline` gives. */
export async function compiled(rooms: Opened): Promise<readonly Compiled[]> {
  const { settings, options } = rooms
  const inline = settings.text('inline')
  if (inline !== undefined) {
    const code = await compileInline(await rooms.world([]), inline, options.signal)
    return [{ id: 'inline_query', code, words: undefined, isNamed: true }]
  }
  const ids = selected(rooms)
  const { manifest } = rooms.parsed()
  const nodes = await compileNodes(await rooms.world(ids), ids, options.signal)
  const results = compiledResults(nodes)
  artifactsOf(rooms).manifest(results)
  artifactsOf(rooms).results(results)
  return nodes.map(node => ({ ...node, isNamed: isNamed(rooms, resourceOf(manifest, node.id)?.name ?? '') }))
}
