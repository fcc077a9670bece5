import type { Target } from '../connect/index.ts'
import { failure, near } from '../errors/index.ts'
import { type Limits, defaultLimits } from '../model/index.ts'
import { type AuthoredSource, isAuthored } from './authored.ts'
import { configMark, isMarked } from './brand.ts'

export type ConfigOptions = {
  /** Name of the project. The folder's name unless said. */
  readonly name?: string
  /** Where assets live. A DuckDB file beside the config unless said. */
  readonly target?: Target
  /** Other places for the same assets, by the name that `--env` takes. */
  readonly environments?: { readonly [name: string]: { readonly target: Target } }
  /** How many steps of a pool may run at once, by the pool's name: `{ shop_api: 2 }`. */
  readonly pools?: { readonly [name: string]: number }
  readonly limits?: Partial<Limits>
  /** Tables that something else makes, by name: `{ 'crm.customers': source({ columns: { … } }) }`. */
  readonly sources?: { readonly [name: string]: AuthoredSource }
}

/** A project's configuration, checked and frozen. */
export type Config = {
  readonly [configMark]: true
  readonly name: string | undefined
  readonly target: Target | undefined
  readonly environments: { readonly [name: string]: { readonly target: Target } }
  readonly pools: { readonly [name: string]: number }
  readonly limits: Limits
  readonly sources: { readonly [name: string]: AuthoredSource }
}

const known = ['name', 'target', 'environments', 'pools', 'limits', 'sources'] as const

/**
 * The default export of `sluice.config.ts`.
 * @example export default defineConfig({ name: 'shop', target: duckdb('shop.duckdb') })
 */
export function defineConfig(options: ConfigOptions): Config {
  refuseUnknown(options, known, 'defineConfig')
  const { name, target, environments = {}, pools = {}, limits = {}, sources = {} } = options
  if (name !== undefined && (typeof name !== 'string' || name === '')) wrong('name', 'a name such as `shop`')
  if (target !== undefined && !isTarget(target)) wrong('target', "a target such as `duckdb('shop.duckdb')`")
  refuseEnvironments(environments)
  refuseUnknown(limits, Object.keys(defaultLimits), 'limits')
  refuseCounts('pools', pools)
  refuseCounts('limits', limits)
  for (const [asset, it] of Object.entries(sources)) {
    if (!isAuthored(it) || it.kind !== 'source') wrong(`sources.${asset}`, '`source({ columns: { … } })`')
  }
  return Object.freeze({
    [configMark]: true as const,
    name,
    target,
    environments: Object.freeze({ ...environments }),
    pools: Object.freeze({ ...pools }),
    limits: Object.freeze({ ...defaultLimits, ...limits }),
    sources: Object.freeze({ ...sources }),
  })
}

/** Was this made by `defineConfig`? */
export function isConfig(value: unknown): value is Config {
  return isMarked(value, configMark)
}

function refuseEnvironments(environments: NonNullable<ConfigOptions['environments']>): void {
  for (const [name, environment] of Object.entries(environments)) {
    refuseUnknown(environment, ['target'], `environments.${name}`)
    if (!isTarget(environment.target)) wrong(`environments.${name}`, "`{ target: duckdb('…') }`")
  }
}

function refuseCounts(option: string, counts: { readonly [name: string]: number }): void {
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isSafeInteger(count) || count < 1) wrong(`${option}.${name}`, 'a whole number from 1')
  }
}

function isTarget(value: unknown): boolean {
  return typeof (value as Partial<Target> | null | undefined)?.open === 'function'
}

function refuseUnknown(given: object, names: readonly string[], where: string): void {
  for (const option of Object.keys(given)) {
    if (names.includes(option)) continue
    throw failure('SLUICE_OPTION_UNKNOWN', { option, where, near: near(option, names), known: names })
  }
}

function wrong(option: string, wanted: string): never {
  throw failure('SLUICE_OPTION_WRONG', { option, wanted })
}
