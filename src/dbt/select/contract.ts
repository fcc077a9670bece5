import { failure } from '../../errors/index.ts'
import type { ColumnFacts, Resource } from '../face.ts'
import { equal, momentOf } from './equal.ts'

type Told = { readonly nowMs: number; readonly warn: (words: string) => void }

/**
 * Whether a model promises what it promised. A promise that was broken is told of; of a model with versions
 * it is a failure, since there a new version would have been the way.
 */
export function isSameContract(now: Resource, before: Resource, told: Pick<Told, 'warn'>): boolean {
  if (now.resource_type !== 'model' || before.resource_type !== 'model') return true
  const [is, was] = [contractOf(now), contractOf(before)]
  if (!was.enforced) return !is.enforced
  if (is.enforced && is.checksum === was.checksum) return true
  const broken = [
    ...(is.enforced ? [] : ['it is not enforced any more']),
    ...columnsBroken(now, before),
    ...constraintsBroken(now, before),
  ]
  if (broken.length > 0) tell(now, broken, told)
  return false
}

/** A model with a contract that is gone or switched off, before its time had come. */
export function checkRemoved(before: Resource, isDisabled: boolean, told: Told): void {
  if (before.resource_type !== 'model' || !contractOf(before).enforced) return
  const end = momentOf(before.deprecation_date)
  if (end !== undefined && end < told.nowMs) return
  tell(before, [isDisabled ? 'it is disabled' : 'it was removed or renamed'], told)
}

function tell(
  { name, version, original_file_path: path }: Resource,
  broken: readonly string[],
  told: Pick<Told, 'warn'>,
): void {
  if ((version ?? null) !== null)
    throw failure('SLUICE_DBT_CONTRACT_BROKEN', { name, path, version: String(version), broken })
  told.warn(`The contract of \`${name}\` (${path}) is broken: ${broken.join('; ')}.`)
}

type Contract = { readonly enforced: boolean; readonly checksum: string | null }

function contractOf({ contract }: Resource): Contract {
  const { enforced = false, checksum = null } = (contract ?? {}) as Partial<Contract>
  return { enforced, checksum }
}

function columnsOf({ columns }: Resource): ReadonlyMap<string, ColumnFacts> {
  return new Map(Object.entries((columns ?? {}) as { [name: string]: ColumnFacts }))
}

function columnsBroken(now: Resource, before: Resource): string[] {
  const columns = columnsOf(now)
  return [...columnsOf(before)].flatMap(([key, was]) => {
    const is = columns.get(key)
    if (is === undefined) return [`the column \`${was.name}\` was removed`]
    if (baseType(was.data_type) === baseType(is.data_type)) return []
    return [`the column \`${was.name}\` was ${was.data_type} and is ${is.data_type}`]
  })
}

/** Length, precision and scale break nothing. */
function baseType(type: string | null): string | null {
  return type ? (type.split('(')[0] ?? '').trim().toLowerCase() : type
}

type Constraint = { readonly type: string; readonly name?: string | null }

/** Those that DuckDB holds tables to. */
const enforced = new Set(['check', 'not_null', 'unique', 'primary_key', 'foreign_key'])

function constraintsBroken(now: Resource, before: Resource): string[] {
  if (!isHeld(before)) return []
  const columns = columnsOf(now)
  const ofColumns = [...columnsOf(before)].flatMap(([key, was]) => {
    const is = columns.get(key)
    return is ? removed(was.constraints, is.constraints).map(each => `${each} of the column \`${key}\``) : []
  })
  const ofModel = removed(before.constraints, now.constraints)
  const broken = [...ofColumns, ...ofModel].map(each => `the constraint ${each} was removed`)
  const hadAny = listOf(before.constraints).length > 0 || [...columnsOf(before).values()].some(has)
  if (hadAny && !isHeld(now))
    broken.push(`it was a ${String(before.config.materialized)} and is a ${String(now.config.materialized)}`)
  return broken
}

function has({ constraints }: ColumnFacts): boolean {
  return listOf(constraints).length > 0
}

function isHeld({ config }: Resource): boolean {
  return config.materialized === 'table' || config.materialized === 'incremental'
}

function removed(before: unknown, now: unknown): string[] {
  const left = listOf(now)
  return listOf(before)
    .filter(each => enforced.has(each.type) && !left.some(other => equal(each, other)))
    .map(({ name, type }) => `\`${name ?? type}\``)
}

function listOf(constraints: unknown): readonly Constraint[] {
  return (constraints ?? []) as Constraint[]
}
