import { type FreshnessResult, measureFreshness } from '../../dbt/index.ts'
import { artifactsOf } from './artifacts.ts'
import type { FreshnessReport } from './face.ts'
import type { Opened } from './opened.ts'
import { selected } from './selection.ts'

/** How old the newest rows of the selected sources are, as `sources.json` keeps it. */
export async function freshness(rooms: Opened): Promise<FreshnessReport> {
  const { options, startedAtMs } = rooms
  const ids = selected(rooms)
  const results = await measureFreshness(await rooms.world(ids), ids, { signal: options.signal })
  const artifacts = artifactsOf(rooms)
  artifacts.manifest()
  artifacts.sources(results)
  const elapsedMs = options.nowMs() - startedAtMs
  return { results, elapsedMs, exit: results.every(isGood) ? 0 : 1 }
}

function isGood({ status }: FreshnessResult): boolean {
  return status === 'pass' || status === 'warn'
}
