import type { Target } from '../connect/index.ts'
import { failure, near } from '../errors/index.ts'
import { type Limits, defaultLimits } from '../model/index.ts'
import { type AuthoredSource, isAuthored } from './authored.ts'
import { configMark, isMarked } from './brand.ts'

export type ConfigOptions = {
  /** Name of the project. The folder's name unless said. */
  readonly name?: string
  /** Where assets live. The lake in `./lake` unless said. */
  readonly target?: Target
  /** Other places for the same assets, or places beside them, by the name that `--env` takes. */
  readonly environments?: { readonly [name: string]: Environment }
  /** How many steps of a pool may run at once, by the pool's name: `{ shop_api: 2 }`. */
  readonly pools?: { readonly [name: string]: number }
  readonly limits?: Partial<Limits>
  /** Tables that something else makes, by name: `{ 'crm.customers': source({ columns: { … } }) }`. */
  readonly sources?: { readonly [name: string]: AuthoredSource }
}

/** The same project, elsewhere or beside. */
export type Environment =
  /** At a target of its own, which knows nothing of the others. */
  | { readonly target: Target; readonly beside?: never }
  /**
   * Beside its base, in the same target: what it has not changed is read from there, and nothing is copied.
   * The base is the environment that is named here; unless said, the project's own target.
   */
  | { readonly beside?: string; readonly target?: never }

/** A project's configuration, checked and frozen. */
export type Config = {
  readonly [configMark]: true
  readonly name: string | undefined
  readonly target: Target | undefined
  readonly environments: { readonly [name: string]: Environment }
  readonly pools: { readonly [name: string]: number }
  readonly limits: Limits
  readonly sources: { readonly [name: string]: AuthoredSource }
}

const known = ['name', 'target', 'environments', 'pools', 'limits', 'sources'] as const

/**
 * The default export of `sluice.config.ts`.
 * @example export default defineConfig({ name: 'shop', target: lake('./lake') })
 */
export function defineConfig(options: ConfigOptions): Config {
  refuseUnknown(options, known, 'defineConfig')
  const { name, target, environments = {}, pools = {}, limits = {}, sources = {} } = options
  if (name !== undefined && (typeof name !== 'string' || name === '')) wrong('name', 'a name such as `shop`')
  if (target !== undefined && !isTarget(target)) wrong('target', "a target such as `lake('./lake')`")
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
    const option = `environments.${name}`
    refuseUnknown(environment, ['target', 'beside'], option)
    const { target, beside } = environment
    // Schemas of tables and folders of state are called after it; two underscores end it there.
    if (!/^[A-Za-z](?:_?[A-Za-z0-9-])*$/.test(name))
      wrong(option, 'a name of letters, digits, `-` and single `_`')
    if (target !== undefined && beside !== undefined) wrong(option, 'either a target or `beside`')
    if (target !== undefined && !isTarget(target)) wrong(option, "`{ target: lake('…') }`")
    if (beside === undefined || isTarget(environments[beside]?.target)) continue
    wrong(`${option}.beside`, 'the name of an environment that has a target of its own')
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
