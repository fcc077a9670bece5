import type { AssetName, Check, Event, Manifest, ProjectCheck, Severity, Verdict } from '../model/index.ts'
import { type VerdictCounts, verdictCounts } from './runs.ts'

/** How the checks of a project, or of one asset, stand. */
export type QualityView = {
  readonly assets: readonly AssetQuality[]
  /** Last verdicts of all checks together. */
  readonly verdicts: VerdictCounts
  /** Checks that were never measured. */
  readonly unmeasured: number
}

export type AssetQuality = {
  /** The asset; for checks in files of their own, the name of the file is the check's. */
  readonly asset: AssetName
  readonly checks: readonly CheckQuality[]
  readonly verdicts: VerdictCounts
}

export type CheckQuality = {
  readonly check: string
  readonly severity: Severity
  /** undefined: never measured. */
  readonly last: Measured | undefined
  /** The last thirty, oldest first: what a sparkline shows. */
  readonly history: readonly Measured[]
  /** When it last went from passing to not passing, or back; undefined: it never did. */
  readonly changedAtMs: number | undefined
}

export type Measured = { readonly run: string; readonly atMs: number; readonly verdict: Verdict }

const historyMax = 30

/** Every check that the manifest has, with what the events tell of it. `only`: one asset. */
export function quality(manifest: Manifest, events: readonly Event[], only?: AssetName): QualityView {
  const found = measuredByCheck(events)
  const assets: AssetQuality[] = []
  for (const { name, checks } of manifest.assets) {
    if (only !== undefined && name !== only) continue
    const own = checks.map(check => checkQuality(check, found.get(keyOf(name, check.id)) ?? []))
    const files = manifest.projectChecks
      .filter(check => check.reads.at(-1) === name)
      .map(check =>
        checkQuality({ id: check.name, severity: check.severity }, ofFile(check, manifest, found)),
      )
    const all = [...own, ...files]
    if (all.length > 0) assets.push({ asset: name, checks: all, verdicts: countsOf(all) })
  }
  const all = assets.flatMap(({ checks }) => checks)
  return { assets, verdicts: countsOf(all), unmeasured: all.filter(check => check.last === undefined).length }
}

function countsOf(checks: readonly CheckQuality[]): VerdictCounts {
  return verdictCounts(checks.flatMap(({ last }) => last?.verdict ?? []))
}

function checkQuality(
  { id, severity }: Pick<Check, 'id' | 'severity'>,
  all: readonly Measured[],
): CheckQuality {
  const changed = all.findLastIndex((one, i) => i > 0 && isPass(one) !== isPass(all[i - 1]))
  return {
    check: id,
    severity,
    last: all.at(-1),
    history: all.slice(-historyMax),
    changedAtMs: all[changed]?.atMs,
  }
}

function isPass(measured: Measured | undefined): boolean {
  return measured?.verdict.outcome === 'pass'
}

/** By asset and check. */
type Found = ReadonlyMap<string, readonly Measured[]>

function measuredByCheck(events: readonly Event[]): Found {
  const found = new Map<string, Measured[]>()
  for (const { asset, run, atMs, body } of events) {
    if (body.kind !== 'check.finished') continue
    const measured = { run, atMs, verdict: body.verdict }
    const key = keyOf(asset ?? '', body.verdict.check)
    const list = found.get(key)
    if (list === undefined) found.set(key, [measured])
    else list.push(measured)
  }
  return found
}

/**
 * A check in a file of its own is recorded under any asset that it reads, unless that asset has a check of
 * the same name.
 */
function ofFile(check: ProjectCheck, { assets }: Manifest, found: Found): readonly Measured[] {
  const own = new Set(assets.flatMap(({ name, checks }) => checks.map(({ id }) => keyOf(name, id))))
  const keys = ['', ...new Set(check.reads)]
    .map(asset => keyOf(asset, check.name))
    .filter(key => !own.has(key))
  return keys.flatMap(key => found.get(key) ?? []).sort((a, b) => a.atMs - b.atMs)
}

function keyOf(asset: AssetName, check: string): string {
  return JSON.stringify([asset, check])
}
