import { type Manifest, type Resource, select, type SelectionWish, type UniqueId } from '../../dbt/index.ts'
import type { DbtCommand } from './flags.ts'
import type { Opened } from './opened.ts'
import { stateOf } from './state.ts'

const commands: { readonly [command in DbtCommand]?: SelectionWish['command'] } = {
  build: 'build',
  run: 'run',
  test: 'test',
  seed: 'seed',
  snapshot: 'snapshot',
  clone: 'clone',
  compile: 'compile',
  show: 'show',
  list: 'list',
  'source freshness': 'freshness',
  'docs generate': 'docs',
}

/** The resources that a command is about. */
export function selected(rooms: Opened, command: DbtCommand = rooms.options.command): readonly UniqueId[] {
  const { settings, parsed, voices } = rooms
  const { manifest, project } = parsed()
  const wish: SelectionWish = {
    command: commands[command] ?? 'list',
    select: settings.texts('select'),
    exclude: settings.texts('exclude'),
    selector: settings.text('selector'),
    indirect: settings.text('indirect-selection') as SelectionWish['indirect'],
    resourceTypes: settings.texts('resource-type'),
    excludeResourceTypes: settings.texts('exclude-resource-type'),
    isUnrendered: project.flags.state_modified_compare_more_unrendered_values === true,
    warn: voices.warn,
  }
  return select(manifest, wish, stateOf(rooms, asksState(manifest, wish)))
}

/** An earlier run is read only when something is compared with it: its manifest may be large. */
function asksState({ selectors }: Manifest, wish: SelectionWish): boolean {
  const words = [...(wish.select ?? []), ...(wish.exclude ?? [])]
  const named =
    wish.selector === undefined && words.length > 0 ? words : [...words, JSON.stringify(selectors)]
  return named.some(word => /state|result/.test(word))
}

/** Of what is selected, that which was named; its tests came along unasked. */
export function isNamed({ settings }: Opened, name: string): boolean {
  return settings.texts('select').some(word => word.includes(name))
}

/** Whatever has this id. */
export function resourceOf(manifest: Manifest, id: UniqueId): Resource | undefined {
  return (
    manifest.nodes.get(id) ??
    manifest.unit_tests.get(id) ??
    manifest.functions.get(id) ??
    manifest.sources.get(id) ??
    manifest.exposures.get(id) ??
    manifest.saved_queries.get(id) ??
    manifest.metrics.get(id) ??
    manifest.semantic_models.get(id)
  )
}
