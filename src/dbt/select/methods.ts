import { failure } from '../../errors/index.ts'
import { Float, str } from '../../jinja/index.ts'
import type { State } from '../artifacts/state.ts'
import type { Manifest, Resource, UniqueId } from '../face.ts'
import type { Criterion, MethodName } from './criterion.ts'
import { resourceType } from './kinds.ts'
import { equal } from './equal.ts'
import type { Kind, Member } from './members.ts'
import { foldersOf, pathOfPatch, pathsLike, pathsOf } from './paths.ts'
import { isPattern, pattern } from './pattern.ts'
import { resultTest, sourceStatusTest, stateTest } from './state.ts'
import { oneOf } from './words.ts'

/** What methods look at besides a resource itself. */
export type Finding = {
  readonly manifest: Manifest
  readonly state: State
  /** Sources are compared by what was written, not by what came of it. */
  readonly isUnrendered: boolean
  readonly warn: (words: string) => void
}

export type Test = (member: Member) => boolean

/** What a criterion finds by itself, without relatives. */
export function finder(
  members: readonly Member[],
  finding: Finding,
): (criterion: Criterion) => ReadonlySet<UniqueId> {
  const paths = lazy(() => pathsOf(finding.manifest))
  return criterion => {
    const test =
      criterion.method === 'path'
        ? pathTest(pathsLike(paths(), textOf(criterion)))
        : methods[criterion.method](criterion, finding)
    return new Set(members.filter(test).map(({ id }) => id))
  }
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

type Method = (criterion: Criterion, finding: Finding) => Test

const methods: { readonly [name in Exclude<MethodName, 'path'>]: Method } = {
  fqn: criterion => fqnTest(textOf(criterion)),
  tag: criterion => byPattern(criterion, member => tagsOf(member)),
  group: criterion =>
    byPattern(criterion, ({ kind, resource: { config } }) =>
      (kind === 'nodes' || kind === 'metrics') && config.group ? [String(config.group)] : [],
    ),
  access:
    criterion =>
    ({ resource }) =>
      resource.resource_type === 'model' && resource.access === criterion.value,
  source: criterion => namedTest(criterion, { kind: 'sources', partsMax: 3 }),
  exposure: criterion => namedTest(criterion, { kind: 'exposures', partsMax: 2 }),
  metric: criterion => namedTest(criterion, { kind: 'metrics', partsMax: 2 }),
  semantic_model: criterion => namedTest(criterion, { kind: 'semantic_models', partsMax: 2 }),
  saved_query: criterion => namedTest(criterion, { kind: 'saved_queries', partsMax: 2 }),
  unit_test: criterion => namedTest(criterion, { kind: 'unit_tests', partsMax: 2 }),
  file: criterion => byPattern(criterion, ({ resource }) => fileNames(resource.original_file_path)),
  package: (criterion, { manifest }) => {
    const own = manifest.metadata.project_name
    const value = criterion.value === 'this' && typeof own === 'string' ? own : criterion.value
    return byPattern({ ...criterion, value }, ({ resource }) => [resource.package_name])
  },
  config: configTest,
  test_name: criterion => byPattern(criterion, testNames),
  test_type: testTypeTest,
  resource_type: criterion => {
    const type = resourceType(textOf(criterion))
    return ({ resource }) => resource.resource_type === type
  },
  version: versionTest,
  state: (criterion, finding) => stateTest(textOf(criterion), finding),
  result: (criterion, { state }) => resultTest(textOf(criterion), state),
  source_status: (criterion, { state }) => sourceStatusTest(textOf(criterion), state),
}

/** The value as text; anything else was written in a file, and is a mistake there. */
function textOf({ value, raw }: Criterion): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || value instanceof Float) return str(value)
  throw failure('SLUICE_DBT_SELECTION', { expression: raw, words: 'Its value is a text.' })
}

function byPattern(criterion: Criterion, namesOf: (member: Member) => readonly string[]): Test {
  const test = pattern(textOf(criterion))
  return member => namesOf(member).some(test)
}

/** Semantic models have no tags; those of unit tests stand in their configuration. */
function tagsOf({ kind, resource }: Member): readonly string[] {
  if (kind === 'semantic_models') return []
  const tags: unknown = kind === 'unit_tests' ? resource.config.tags : resource.tags
  return Array.isArray(tags) ? tags.map(String) : typeof tags === 'string' ? [tags] : []
}

function fileNames(path: string): readonly string[] {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot > 0 ? [name, name.slice(0, dot)] : [name]
}

function testNames({ kind, resource }: Member): readonly string[] {
  if (kind === 'unit_tests') return [resource.name]
  const metadata = resource.test_metadata as { readonly name: string } | null | undefined
  return resource.resource_type === 'test' && metadata ? [metadata.name] : []
}

/** Parts of a name, from the project's own down: `shop.staging.orders`, `staging`, `orders`, `*_orders`. */
function fqnTest(value: string): Test {
  const parts = value.split('.')
  const isWild = value !== '' && isPattern(value)
  const whole = isWild && parts.length === 1 ? pattern(value) : undefined
  const first = isWild ? parts.findIndex(isPattern) : -1
  const rest = first === -1 ? undefined : pattern(parts.slice(first).join('.'))
  const plain = first === -1 ? parts : parts.slice(0, first)

  const isNamed = (fqn: readonly string[], isVersioned: boolean): boolean => {
    const leaf = isVersioned ? fqn.at(-2) : fqn.at(-1)
    if (leaf === value) return true
    if (isVersioned && fqn.slice(-2).join('_') === parts.slice(-2).join('_')) return true
    // Dots within names part them, too.
    const flat = fqn.flatMap(part => part.split('.'))
    if (flat.length < parts.length || !plain.every((part, i) => flat[i] === part)) return false
    if (rest === undefined || rest(flat.slice(first).join('.'))) return true
    return whole !== undefined && leaf !== undefined && whole(leaf)
  }
  return ({ kind, resource }) => {
    if (kind === 'sources') return false
    const isVersioned = resource.resource_type === 'model' && (resource.version ?? null) !== null
    return isNamed(resource.fqn, isVersioned) || isNamed(resource.fqn.slice(1), isVersioned)
  }
}

type Named = { readonly kind: Kind; readonly partsMax: 2 | 3 }

/** `orders`, `shop.orders`; for sources `raw`, `raw.orders`, `shop.raw.orders`. */
function namedTest(criterion: Criterion, { kind, partsMax }: Named): Test {
  const parts = textOf(criterion).split('.')
  if (parts.length > partsMax)
    throw failure('SLUICE_DBT_SELECTION', {
      expression: criterion.raw,
      words: `Its value has at most ${partsMax} parts, joined by dots.`,
    })
  const tests = parts.map(pattern)
  if (kind === 'sources' && parts.length < partsMax) {
    const [source, table = () => true] = tests
    return member =>
      member.kind === kind &&
      source?.(String(member.resource.source_name)) === true &&
      table(member.resource.name)
  }
  return ({ kind: own, resource }) => {
    if (own !== kind) return false
    const middle = kind === 'sources' ? [String(resource.source_name)] : []
    const names = [resource.package_name, ...middle, resource.name].slice(-tests.length)
    return tests.every((test, i) => test(names[i] ?? ''))
  }
}

function pathTest(paths: ReadonlySet<string>): Test {
  return ({ resource: { original_file_path: path, patch_path: patch } }) =>
    paths.has(path) ||
    (typeof patch === 'string' && paths.has(pathOfPatch(patch))) ||
    foldersOf(path).some(folder => paths.has(folder))
}

/** `config.meta.owner:core`: what lies under these names, or is one of a list there. */
function configTest({ names, value }: Criterion): Test {
  const isFolded = names.length === 1 && names[0] === 'severity'
  const equals = (found: unknown): boolean => {
    if (typeof found === 'boolean') return String(found) === String(value).toLowerCase()
    const plain = found instanceof Float ? found.value : found
    if (isFolded && typeof plain === 'string') return plain.toLowerCase() === String(value).toLowerCase()
    return plain === (value instanceof Float ? value.value : value)
  }
  return ({ kind, resource }) => {
    if (kind !== 'nodes' && kind !== 'sources') return false
    const found = names.reduce<unknown>(within, resource.config)
    return Array.isArray(found) ? found.some(equals) : found !== undefined && equals(found)
  }
}

function within(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  if (value instanceof Map) return value.get(name)
  return Object.hasOwn(value, name) ? (value as { [name: string]: unknown })[name] : undefined
}

const testTypes: { readonly [type: string]: readonly ('generic' | 'singular' | 'unit')[] } = {
  generic: ['generic'],
  schema: ['generic'],
  data: ['generic', 'singular'],
  singular: ['singular'],
  unit: ['unit'],
}

function testTypeTest(criterion: Criterion): Test {
  const types = oneOf(testTypes, criterion)
  return member => {
    if (member.kind === 'unit_tests') return types.includes('unit')
    if (member.resource.resource_type !== 'test') return false
    return types.includes(member.resource.test_metadata ? 'generic' : 'singular')
  }
}

const versions: { readonly [word: string]: (model: Resource) => boolean } = {
  latest: ({ version, latest_version: latest }) => isSaid(version) && equal(version, latest),
  prerelease: ({ version, latest_version: latest }) => isLess(latest, version),
  old: ({ version, latest_version: latest }) => isLess(version, latest),
  none: ({ version }) => !isSaid(version),
}

function versionTest(criterion: Criterion): Test {
  const test = oneOf(versions, criterion)
  return ({ resource }) => resource.resource_type === 'model' && test(resource)
}

function isSaid(version: unknown): boolean {
  return version !== null && version !== undefined
}

/** As numbers where both are, else as texts. */
function isLess(a: unknown, b: unknown): boolean {
  if (!a || !b) return false
  const [x, y] = [a, b].map(each => (each instanceof Float ? each.value : Number(each))) as [number, number]
  return Number.isNaN(x) || Number.isNaN(y) ? String(a) < String(b) : x < y
}
