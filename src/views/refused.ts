import type { AssetName, Event } from '../model/index.ts'

/** Rows that an asset's loads refused. What of them is still open, only the target's quarantine knows. */
export type RefusedView = {
  readonly asset: AssetName
  readonly rows: number
  readonly byRule: { readonly [rule: string]: number }
  readonly lastAtMs: number
  readonly lastRun: string
}

/** Refused rows by asset and rule over all runs, most first. */
export function refused(events: readonly Event[]): readonly RefusedView[] {
  const found = new Map<AssetName, RefusedView>()
  for (const { asset, atMs, run, body } of events) {
    if (body.kind !== 'rows.refused' || asset === undefined) continue
    const before = found.get(asset)
    const byRule = { ...before?.byRule }
    for (const [rule, rows] of Object.entries(body.byRule)) byRule[rule] = (byRule[rule] ?? 0) + rows
    found.set(asset, { asset, rows: (before?.rows ?? 0) + body.rows, byRule, lastAtMs: atMs, lastRun: run })
  }
  return [...found.values()].sort((a, b) => b.rows - a.rows || (a.asset < b.asset ? -1 : 1))
}
