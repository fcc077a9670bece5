import type { Resource } from '../../dbt/index.ts'
import { artifactsOf } from './artifacts.ts'
import type { Opened } from './opened.ts'
import { resourceOf, selected } from './selection.ts'

/** The selected resources, by their ids. */
export function listed(rooms: Opened): readonly Resource[] {
  const { manifest } = rooms.parsed()
  artifactsOf(rooms).manifest()
  return selected(rooms, 'list')
    .toSorted()
    .flatMap(id => resourceOf(manifest, id) ?? [])
}
