import type { AssetName } from '../model/index.ts'

/**
 * The table with the refused rows of an asset: `raw.orders` → `_quarantine.raw__orders`. Its columns, in
 * every target:
 * `id` (text, unique) · `run` · `refused_at` (timestamp with time zone) · `reason` (a sentence) · `rule`
 * (`type`, `columns`, …) ·
 * `source` (file or URL) · `position` (line or record there) · `raw` (the row as JSON, or the line as it was
 * read) ·
 * `status` (`open`, `replayed`, `discarded`). `refused_at` and not `at`: DuckDB 1.5 keeps AT for itself.
 */
export function quarantineOf(asset: AssetName): AssetName {
  return `_quarantine.${asset.replace('.', '__')}`
}
