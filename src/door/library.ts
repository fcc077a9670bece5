import { resolve } from 'node:path'
import type { Target } from '../connect/index.ts'
import type { Authored } from '../declare/index.ts'
import { Failures } from '../errors/index.ts'
import { projectFrom } from '../project/index.ts'
import { projectOf } from './open.ts'
import { roomsOf } from './opened.ts'
import type { RunOptions, RunReport } from './project.ts'

export type IntoOptions = Pick<RunOptions, 'force' | 'signal' | 'onEvent'> & {
  readonly into: Target
  /** The asset's name, when there is one: `raw.issues`. */
  readonly as?: string
  /** Folder for state (`.sluice`) and relative paths. The current one unless said. */
  readonly root?: string
}

/**
 * Run one asset, or some by name, without a project. What was loaded before is remembered in `.sluice`, so
 * that a second run goes on where the first one ended. Throws the failure of the first step that failed.
 * @example await run(ingest(files('orders-*.csv')), { into: duckdb('shop.duckdb'), as: 'raw.orders' })
 */
export async function run(
  assets: Authored | { readonly [name: string]: Authored },
  options: IntoOptions,
): Promise<RunReport> {
  const { into, as = 'main.data', root = '.', ...wish } = options
  const named = 'kind' in assets && typeof assets.kind === 'string' ? { [as]: assets as Authored } : assets
  const read = projectFrom({
    root: resolve(root),
    name: 'library',
    target: into,
    assets: named as { readonly [name: string]: Authored },
  })
  if (read.failures.length > 0) throw new Failures(read.failures)
  const project = projectOf(await roomsOf(read, wish.signal ? { signal: wish.signal } : {}))
  try {
    const report = await project.run({ ...wish, trigger: 'library' })
    const failed = report.steps.find(step => step.failure)?.failure
    if (failed) throw failed
    return report
  } finally {
    await project.close()
  }
}
