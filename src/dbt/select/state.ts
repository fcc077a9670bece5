import { failure } from '../../errors/index.ts'
import type { Freshness, State } from '../artifacts/state.ts'
import type { MacroFacts, Manifest, Resource, UniqueId } from '../face.ts'
import { checkRemoved, isSameContract } from './contract.ts'
import { reached } from './graph.ts'
import { everyKind, type Kind, type Member } from './members.ts'
import type { Finding, Test } from './methods.ts'
import { union } from './sets.ts'
import { oneOf } from './words.ts'
import {
  type Comparing,
  isSame,
  isSameBody,
  isSameConfig,
  isSameDescription,
  isSameRelation,
} from './same.ts'

type Change = (member: Member, before: Resource | undefined) => boolean

/** `state:modified`, `state:new` … against the manifest of another run. */
export function stateTest(value: string, { manifest, state, warn, isUnrendered }: Finding): Test {
  const past = state.manifest
  if (past === undefined) throw missing(`state:${value}`, 'manifest.json')
  const nowMs = Date.parse(String(manifest.metadata.generated_at))
  const by = (kind: Kind): Comparing => ({ kind, isUnrendered, nowMs, warn })
  const macros = macroChange(manifest, past)
  const modified: Change = (member, before) => {
    const { resource, kind } = member
    const same = isSame(resource, before, by(kind))
    return !same || macros(resource)
  }
  const part =
    (is: (now: Resource, before: Resource, by: Comparing) => boolean, kinds: readonly Kind[]): Change =>
    ({ resource, kind }, before) =>
      kinds.includes(kind) && (before === undefined || !is(resource, before, by(kind)))
  const nodes = ['nodes', 'functions'] as const
  const changes: { readonly [word: string]: Change } = {
    new: (_, before) => before === undefined,
    old: (_, before) => before !== undefined,
    modified,
    unmodified: (member, before) => !modified(member, before),
    'modified.body': part(isSameBody, nodes),
    'modified.configs': part(
      isSameConfig,
      everyKind.filter(kind => kind !== 'unit_tests'),
    ),
    'modified.persisted_descriptions': part(isSameDescription, nodes),
    'modified.relation': part(isSameRelation, [...nodes, 'sources']),
    'modified.macros': ({ resource }) => macros(resource),
    'modified.contract': part(isSameContract, nodes),
  }
  const change = oneOf(changes, { raw: `state:${value}`, value })
  if (['modified', 'unmodified', 'modified.contract'].includes(value))
    checkAllRemoved(manifest, past, { nowMs, warn })
  return member => change(member, past[member.kind].get(member.id) as Resource | undefined)
}

function checkAllRemoved(
  manifest: Manifest,
  past: Manifest,
  told: { readonly nowMs: number; readonly warn: (words: string) => void },
): void {
  for (const [id, before] of past.nodes) {
    const [disabled] = manifest.disabled.get(id) ?? []
    if (disabled !== undefined || !manifest.nodes.has(id))
      checkRemoved(disabled ?? before, disabled !== undefined, told)
  }
}

/** Whether a macro that a resource stands on has changed, however far below. */
function macroChange(manifest: Manifest, past: Manifest): (resource: Resource) => boolean {
  const changed = changedMacros(manifest, past)
  if (changed.size === 0) return () => false
  const callers = new Map<UniqueId, UniqueId[]>()
  for (const [id, macro] of manifest.macros)
    for (const called of macro.depends_on.macros) {
      const known = callers.get(called)
      if (known === undefined) callers.set(called, [id])
      else known.push(id)
    }
  const touched = union([changed, reached(changed, id => callers.get(id) ?? [])])
  return resource => (resource.depends_on?.macros ?? []).some(id => touched.has(id))
}

/**
 * Built-in macros are not the project's: another release of Sluice, or dbt, changes nothing in the project.
 */
function changedMacros(manifest: Manifest, past: Manifest): ReadonlySet<UniqueId> {
  const builtin = new Set(['dbt', `dbt_${String(manifest.metadata.adapter_type)}`])
  const isOwn = ({ package_name: name }: MacroFacts) => !builtin.has(name)
  const changed = new Set<UniqueId>()
  for (const [id, macro] of manifest.macros)
    if (isOwn(macro) && macro.macro_sql !== past.macros.get(id)?.macro_sql) changed.add(id)
  for (const [id, macro] of past.macros) if (isOwn(macro) && !manifest.macros.has(id)) changed.add(id)
  return changed
}

/** `result:error`: what came of it in that run. */
export function resultTest(value: string, { results }: State): Test {
  if (results === undefined) throw missing(`result:${value}`, 'run_results.json')
  const found = new Set(results.filter(({ status }) => status === value).map(({ unique_id: id }) => id))
  return ({ id }) => found.has(id)
}

/** `source_status:fresher`: sources that have newer rows than at that run. */
export function sourceStatusTest(value: string, { sources, sourcesNow }: State): Test {
  const expression = `source_status:${value}`
  if (sources === undefined) throw missing(expression, 'sources.json')
  if (sourcesNow === undefined)
    throw failure('SLUICE_DBT_SELECTION', {
      expression,
      words: 'No freshness was measured here yet: run `sluice dbt source freshness` first.',
    })
  oneOf({ fresher: true }, { raw: expression, value })
  const before = new Map(sources.map(each => [each.unique_id, loadedMs(each)]))
  const fresher = sourcesNow.filter(each => {
    const [is, was] = [loadedMs(each), before.get(each.unique_id)]
    return is !== undefined && (!before.has(each.unique_id) || (was !== undefined && is > was))
  })
  const found = new Set(fresher.map(({ unique_id: id }) => id))
  return ({ id }) => found.has(id)
}

/** undefined: it could not be measured. */
function loadedMs({ max_loaded_at: at }: Freshness): number | undefined {
  return at === undefined ? undefined : Date.parse(at)
}

function missing(expression: string, file: string): Error {
  return failure('SLUICE_DBT_SELECTION', {
    expression,
    words: `It needs the \`${file}\` of another run: name its folder by \`--state\`.`,
  })
}
