import { type Failure, failure, near } from '../errors/index.ts'
import type { AssetName } from '../model/index.ts'
import type { Fixture } from './types.ts'

/**
 * Tests by folder: `tests/<schema>/<table>[/<case>]/`, one file for each asset that goes in and one for what
 * comes out.
 */
export function fixturesOf(
  files: readonly string[],
  assets: ReadonlySet<AssetName>,
): { readonly fixtures: readonly Fixture[]; readonly failures: readonly Failure[] } {
  const byFolder = Map.groupBy(
    files.filter(file => /\.(csv|json|ndjson|parquet)$/.test(file) && file.split('/').length > 3),
    file => file.slice(0, file.lastIndexOf('/')),
  )
  const fixtures: Fixture[] = []
  const failures: Failure[] = []
  for (const [folder, held] of byFolder) {
    const parts = folder.split('/')
    const asset = `${parts[1]}.${parts[2]}`
    const rows = held.map(file => ({ asset: file.slice(folder.length + 1, file.lastIndexOf('.')), file }))
    const strange = rows.find(row => !assets.has(row.asset))
    const expected = rows.find(row => row.asset === asset)
    const at = { file: strange?.file ?? folder, line: 1, column: 1, length: 0 }
    if (strange) {
      const params = { file: strange.file, near: near(strange.asset, assets) }
      failures.push(failure('SLUICE_FIXTURE_FILE', params, { at }))
    } else if (expected === undefined) {
      failures.push(failure('SLUICE_FIXTURE_EXPECTED', { folder, expected: asset }, { at }))
    } else {
      const inputs = rows.filter(row => row !== expected)
      const whole = { file: expected.file, line: 1, column: 1, length: 0 }
      fixtures.push({ name: parts.slice(1).join('/'), asset, inputs, expected: expected.file, at: whole })
    }
  }
  return { fixtures, failures }
}
