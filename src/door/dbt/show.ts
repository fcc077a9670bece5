import { inlineNode, type Node, shownRows, showQuery, type UniqueId } from '../../dbt/index.ts'
import { failure } from '../../errors/index.ts'
import type { Shown } from './face.ts'
import type { Opened } from './opened.ts'
import { isNamed, selected } from './selection.ts'

/** So many rows where nothing is said. */
const rowsDefault = 5

/** The first rows of the selected nodes' queries, or of what `--inline` gives. */
export async function shown(rooms: Opened, given?: readonly UniqueId[]): Promise<readonly Shown[]> {
  const { settings, options } = rooms
  const inline = settings.text('inline')
  const isAsked = given !== undefined || inline !== undefined
  if (!isAsked && settings.texts('select').length === 0 && settings.text('selector') === undefined)
    throw failure('SLUICE_CLI_ARGUMENT_MISSING', {
      argument: 'something to show',
      usage: "sluice dbt show --select NODE, or --inline 'select …'",
    })
  const { project, manifest } = rooms.parsed()
  const ids = given ?? (inline === undefined ? selected(rooms, 'show') : [])
  const nodes: readonly Node[] =
    inline === undefined
      ? ids
          .flatMap(id => manifest.nodes.get(id) ?? [])
          .filter(({ name }) => given !== undefined || isNamed(rooms, name))
      : [inlineNode(project.name, inline)]
  const world = await rooms.world(ids)
  const asked = settings.number('limit') ?? rowsDefault
  const limit = asked < 0 ? null : asked
  const all: Shown[] = []
  for (const node of nodes) {
    const table = await showQuery(world, node, { limit, signal: options.signal })
    all.push({ node: node.name, ...shownRows(table) })
  }
  return all
}
