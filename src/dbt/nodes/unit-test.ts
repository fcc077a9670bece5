import { type Callable, callable, HOST, raise, repr, str, type Value } from '../../jinja/index.ts'
import { envVar } from '../context/builtins.ts'
import { valueOf } from '../context/json.ts'
import type { Table } from '../context/table.ts'
import type { Node, NodeResult, Resource, UniqueId } from '../face.ts'
import { type Reference, referenceIn } from '../parse/reference.ts'
import type { YamlObject } from '../yaml.ts'
import { type Carrying, type Ending, materialized, wordsOf } from './carry.ts'
import { compiler } from './compile.ts'

import { responseOf, type Results } from '../context/results.ts'
import { cteNameOf } from './references.ts'
import { operation } from './scene.ts'
import { timer } from './timing.ts'
import type { World } from './world.ts'

/** `unit_tests:` of a properties file. */
type UnitTest = Resource & {
  readonly given: readonly Given[]
  readonly expect: Rows
  readonly overrides?: Overrides | null
}

type Rows = { readonly rows: unknown; readonly format: 'dict' | 'csv' | 'sql' }
type Given = Rows & { readonly input: string }
type Overrides = {
  readonly macros?: { readonly [name: string]: unknown }
  readonly vars?: YamlObject
  readonly env_vars?: { readonly [name: string]: unknown }
}

/**
 * A unit test: the model's query over rows that are given in place of what it reads, held against the rows
 * that are expected. Nothing is built but an empty temporary table that tells the types.
 */
export async function carryOutUnitTest(resource: Resource, carrying: Carrying): Promise<NodeResult> {
  const { world, session, thread } = carrying
  const unit = resource as UnitTest
  const timing = timer(world.nowMs)
  let code: string | null = null
  const result = (ending: Ending): NodeResult => ({
    unique_id: unit.unique_id,
    failures: null,
    adapter_response: {},
    ...ending,
    execution_time: timing.seconds(),
    thread_id: thread,
    timing: timing.spans(),
    compiled: code !== null,
    compiled_code: code,
    relation_name: null,
    batch_results: null,
  })
  try {
    const { own, node, names, instead, ctes } = stageOf(world, unit)
    code = (
      await timing.span('compile', () =>
        compiler(own).compile(node, session, { names, instead, ctes, thread }),
      )
    ).code
    world.write('compiled', node, code)
    const compiled = code
    const results = await timing.span('execute', () =>
      materialized({ world: own, node, session, thread, ctes: new Set(), compiled, isFree: true }),
    )
    return result(verdict(results))
  } catch (thrown) {
    return result({
      status: 'error',
      message: wordsOf(thrown, { ...operation(unit.package_name, unit.name), ...unit } as Node),
    })
  } finally {
    await session.rollback()
  }
}

type Stage = {
  readonly own: World
  readonly node: Node
  readonly names: ReadonlyMap<string, Value>
  readonly instead: ReadonlyMap<string, Value>
  /** `this` stands in the query whether the model names it or not. */
  readonly ctes: Set<UniqueId>
}

/** A world in which the given rows stand where the model reads, and the model under the test's name. */
function stageOf(world: World, unit: UnitTest): Stage {
  const tested = world.manifest.nodes.get(unit.depends_on.nodes[0] ?? '')
  if (!tested) return raise('ParsingError', `The unit test ${unit.name} tests a model that is not there.`)
  const inputs = unit.given.map(given => inputOf(world, { unit, tested }, given))
  const nodes = new Map(inputs.map(({ node }) => [node.unique_id, node]))
  const own: World = {
    ...world,
    cli: { ...world.cli, ...unit.overrides?.vars },
    flags: { ...world.flags, empty: false },
    deferred: undefined,
    sample: undefined,
    manifest: { ...world.manifest, nodes },
    lookups: {
      ...world.lookups,
      refable: (name, packageName, version) =>
        inputs.find(({ original }) => original === world.lookups.refable(name, packageName, version))?.node,
      source: (source, table, packageName) =>
        inputs.find(({ original }) => original === world.lookups.source(source, table, packageName))?.node,
    },
  }
  const node: Node = {
    ...tested,
    unique_id: unit.unique_id,
    resource_type: 'unit_test',
    name: unit.name,
    alias: unit.name,
    original_file_path: unit.original_file_path,
    path: `${unit.name}.sql`,
    package_name: unit.package_name,
    config: { materialized: 'unit', ...expectation(unit.expect) },
    depends_on: {
      macros: tested.depends_on.macros,
      nodes: [...nodes.keys(), ...tested.depends_on.nodes.filter(id => world.manifest.functions.has(id))],
    },
  }
  const self = inputs.find(({ original }) => original === tested)?.node
  const names = new Map<string, Value>([
    ...(self ? [['this', new ThisValue(cteNameOf(self))] as const] : []),
    ...environment(world, unit),
  ])
  const instead = new Map<string, Value>()
  for (const [name, value] of Object.entries(unit.overrides?.macros ?? {}))
    override(own, [name, valueOf(value)], { names, instead })
  return { own, node, names, instead, ctes: new Set(self ? [self.unique_id] : []) }
}

/** `this` of an incremental model: the rows that are given for it. */
class ThisValue {
  readonly text: string
  readonly [HOST] = { name: 'str', attribute: () => undefined, str: (self: ThisValue) => self.text }
  constructor(text: string) {
    this.text = text
  }
}

function expectation({ rows, format }: Rows): { expected_rows: never[]; expected_sql: string | null } {
  return format === 'sql'
    ? { expected_rows: [], expected_sql: String(rows) }
    : { expected_rows: rows as never[], expected_sql: null }
}

type Input = { readonly original: Resource; readonly node: Node }

function inputOf(world: World, { unit, tested }: { unit: UnitTest; tested: Node }, given: Given): Input {
  const original = given.input.trim() === 'this' ? tested : referredTo(world, given.input, unit)
  const isSource = original.resource_type === 'source'
  const name = isSource ? `${String(original.source_name)}__${original.name}` : original.name
  const alias = String((isSource ? original.identifier : original.alias) ?? original.name)
  return {
    original,
    node: {
      ...operation(original.package_name, original.name),
      unique_id: `model.${original.package_name}.${name}`,
      resource_type: 'model',
      config: { materialized: 'ephemeral' },
      database: original.database as string | null,
      schema: String(original.schema),
      alias,
      ...(isSource && { cte_name: name }),
      original_file_path: unit.original_file_path,
      raw_code:
        given.format === 'sql'
          ? String(given.rows)
          : `{{ get_fixture_sql(${repr(valueOf(given.rows))}, none) }}`,
    },
  }
}

function referredTo({ lookups }: World, input: string, unit: UnitTest): Resource {
  const reference: Reference = referenceIn(input, unit.original_file_path)
  const found =
    'ref' in reference
      ? lookups.refable(reference.ref.name, reference.ref.package ?? undefined, reference.ref.version)
      : lookups.source(reference.source[0], reference.source[1], undefined)
  return (
    found ??
    raise(
      'ParsingError',
      `Unit test '${unit.name}' had an input (${input}) which was not found in the manifest.`,
    )
  )
}

function environment({ env }: World, { overrides }: UnitTest): readonly (readonly [string, Value])[] {
  const own = Object.entries(overrides?.env_vars ?? {}).map(([name, value]) => [name, String(value)] as const)
  return own.length === 0 ? [] : [['env_var', envVar({ ...env, ...Object.fromEntries(own) })]]
}

/** What a macro gives in this test; a name that is no macro's means the value itself. */
function override(
  { macros, root }: World,
  [written, value]: readonly [name: string, value: Value],
  { names, instead }: { readonly names: Map<string, Value>; readonly instead: Map<string, Value> },
): void {
  const [first = '', second] = written.split('.')
  const [packageName, name] = second === undefined ? [undefined, first] : [first, second]
  const macro = macros.within(packageName, name) ?? undefined
  const constant: Callable = callable(name, '*args, **kwargs', () => value)
  if (macro) instead.set(macro.unique_id, constant)
  else if (packageName === undefined) names.set(name, value)
  else
    raise(
      'ParsingError',
      `A unit test overrides ${written}, and there is no such macro in ${root.name} or its packages.`,
    )
}

/** The rows of both sides, as texts in order; where they differ the test has failed. */
function verdict(results: Results): Ending {
  const main = results.get('main')
  if (!main) return raise('DbtInternalError', 'main is not being called during running a unit test')
  const { table } = main.table
  const [actual, expected] = [sideOf(table, 'actual'), sideOf(table, 'expected')]
  const response = { adapter_response: responseOf(main.response) }
  const difference = differences(namesOf(table), actual, expected)
  return difference === undefined
    ? { status: 'pass', message: null, failures: 0, ...response }
    : { status: 'fail', message: difference, failures: 1, ...response }
}

const side = 'actual_or_expected'

function namesOf({ names }: Table): readonly string[] {
  return names.filter(name => name.toLowerCase() !== side)
}

function sideOf({ names, rows }: Table, wanted: 'actual' | 'expected'): readonly string[][] {
  const at = names.findIndex(name => name.toLowerCase() === side)
  return rows
    .filter(row => row[at] === wanted)
    .map(row => row.filter((_, i) => i !== at).map(cell => (cell === null ? 'NULL' : str(cell))))
    .toSorted((a, b) => compareRows(a, b))
}

function compareRows(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((cell, i) => cell !== b[i])
  if (at < 0) return 0
  return (a[at] ?? '') < (b[at] ?? '') ? -1 : 1
}

/** Rows of one side only, `+` where the model made them and `-` where they were expected. */
function differences(
  names: readonly string[],
  actual: readonly string[][],
  expected: readonly string[][],
): string | undefined {
  const key = (row: readonly string[]) => JSON.stringify(row)
  const left = counted(expected.map(key))
  const lines: string[] = []
  for (const row of actual) {
    const count = left.get(key(row)) ?? 0
    if (count > 0) left.set(key(row), count - 1)
    else lines.push(`+ | ${row.join(' | ')}`)
  }
  for (const [row, count] of left)
    for (let i = 0; i < count; i += 1) lines.push(`- | ${(JSON.parse(row) as string[]).join(' | ')}`)
  if (lines.length === 0) return undefined
  return `\n\nactual (+) differs from expected (-):\n\n  | ${names.join(' | ')}\n${lines.join('\n')}\n`
}

function counted(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}
