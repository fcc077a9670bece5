import type { IntoOptions } from './library.ts'
import type { Dbt, DbtOptions } from './dbt/face.ts'
import type { OpenOptions, Project, RunReport } from './project.ts'
import type { Authored } from '../declare/index.ts'

/** The library's door: open a project, and compile, plan, run and view it with the real world behind. */
export type * from './project.ts'
export type { IntoOptions } from './library.ts'
export type * from './dbt/face.ts'
export type { NodeResult, Resource as DbtResource } from '../dbt/index.ts'
export type { FlagValue, FlagValues } from './dbt/settings.ts'
export { type DbtCommand, dbtCommands, dbtFlags, type FlagSpec } from './dbt/flags.ts'

// Every file of a project imports this face for its types and words; what runs projects is loaded when it is
// asked for.

/**
 * Open the project that holds `cwd`. Nothing outside is touched before something is asked of it.
 * @example const project = await openProject({ cwd: '.' }); const report = await project.run({}); await
 * project.close()
 */
export async function openProject(options: OpenOptions): Promise<Project> {
  return (await import('./open.ts')).openProject(options)
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
  return (await import('./library.ts')).run(assets, options)
}

/**
 * Open a dbt project for one of dbt's commands. Whatever is wrong with it is thrown when it is asked for
 * something.
 */
export async function openDbt(options: DbtOptions): Promise<Dbt> {
  return (await import('./dbt/open.ts')).openDbt(options)
}
