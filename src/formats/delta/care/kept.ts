import type { Session } from '../../../engine/index.ts'
import { quoteText } from '../../../sql/index.ts'
import type { DeltaPlace, Snapshot } from '../face.ts'
import { placeOfPath } from '../log/paths.ts'
import { placeOfVector } from '../vectors/vector.ts'
import { pagesOf } from './pages.ts'
import { rootOf } from './root.ts'

export type Kept = {
  readonly place: DeltaPlace
  readonly snapshot: Snapshot
  /** Files that were removed since then are needed by versions that are young enough. Unix milliseconds. */
  readonly sinceMs: number
}

/** Take from a listing (`key`) what the table needs: live files, young tombstones, their deletion vectors. */
export async function takeKept(
  session: Session,
  listing: string,
  { place, snapshot, sinceMs }: Kept,
): Promise<void> {
  const needed = `select path, dv from (${snapshot.filesSql}) union all
    select path, dv from (${snapshot.tombstonesSql}) where deletion_ms >= ${sinceMs}`
  // Too many names are safe: a path counts as it stands, too, as if it had never been encoded.
  await session.run(`delete from ${listing} where key in (
    select unnest([path, url_decode(path), ltrim(url_decode(path), './')]) from (${needed}))`)
  const others = `select distinct path, vector from (
      select path, null as vector from (${needed}) where regexp_matches(path, '^(/|[A-Za-z][A-Za-z0-9+.-]*:)')
      union all select dv.pathOrInlineDv, null from (${needed}) where dv.storageType = 'p'
      union all select null, dv.pathOrInlineDv from (${needed}) where dv.storageType = 'u')`
  for await (const page of pagesOf(session, others)) {
    const keys = page.flatMap(([path, vector]) =>
      keyBelow(path ?? vectorPathOf(vector ?? ''), rootOf(place.store)),
    )
    if (keys.length === 0) continue
    await session.run(`delete from ${listing} where key in (${keys.map(quoteText).join(', ')})`)
  }
}

/** Files outside of the table, as a shallow clone has them, are none that could be deleted. */
function keyBelow(path: string, root: string): readonly string[] {
  const place = placeOfPath(path, root)
  return 'key' in place ? [place.key] : []
}

/** The path of a vector's file, given the text by which the log names it. */
function vectorPathOf(pathOrInlineDv: string): string {
  const vector = { storageType: 'u', pathOrInlineDv, sizeInBytes: 0, cardinality: 0 } as const
  const place = placeOfVector(vector, pathOrInlineDv)
  return 'path' in place ? place.path : ''
}
