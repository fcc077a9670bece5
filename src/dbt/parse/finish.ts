import { failure } from '../../errors/index.ts'
import type { ColumnFacts, Manifest, Node, Resource, UniqueId } from '../face.ts'
import type { Lookups } from './lookups.ts'
import { addDisabled, relationName } from './node.ts'
import { guarded, type Parsing } from './parsing.ts'

/** Move nodes to where they belong now that properties have had their say: some are switched off, some on. */
export function sortDisabled(parsing: Parsing): void {
  const { nodes, disabled } = parsing.manifest
  for (const node of nodes.values())
    if (node.config.enabled === false) {
      nodes.delete(node.unique_id)
      addDisabled(parsing, node)
    }
  for (const [id, all] of disabled) {
    const on = all.find(({ config }) => config.enabled !== false)
    if (on === undefined) continue
    disabled.delete(id)
    nodes.set(id, on as Node)
  }
}

/** Render every description; `doc()` brings texts that are written elsewhere. */
export function describeAll(parsing: Parsing): void {
  const { manifest, templates } = parsing
  const { describe } = templates
  const columns = (of: Resource): void => {
    for (const column of Object.values((of.columns ?? {}) as { [name: string]: ColumnFacts })) {
      const { text, blocks } = describe(column.description, of)
      column.description = text
      column.doc_blocks = blocks
    }
  }
  const whole = (of: Resource): void =>
    guarded(parsing, of.original_file_path, () => {
      const { text, blocks } = describe(of.description, of)
      of.description = text
      of.doc_blocks = blocks
      columns(of)
    })
  for (const node of [...manifest.nodes.values(), ...manifest.functions.values()]) whole(node)
  for (const source of manifest.sources.values()) {
    whole(source)
    source.source_description = describe(String(source.source_description), source).text
  }
  for (const macro of manifest.macros.values()) {
    macro.description = describe(macro.description, macro).text
    for (const argument of macro.arguments) argument.description = describe(argument.description, macro).text
  }
  for (const of of [...manifest.exposures.values(), ...manifest.metrics.values()])
    of.description = describe(of.description, of).text
  for (const of of [...manifest.semantic_models.values(), ...manifest.saved_queries.values()])
    describeParts(of, describe)
}

function describeParts(of: Resource, describe: Parsing['templates']['describe']): void {
  type Described = { description: string | null }
  const parts = ['dimensions', 'measures', 'entities'].flatMap(list => (of[list] ?? []) as Described[])
  for (const part of [of as Described, ...parts])
    if (part.description) part.description = describe(part.description, of).text
}

/** Which columns of each model tell its rows apart, as constraints and tests say. */
export function inferPrimaryKeys(manifest: Manifest): void {
  const tests = new Map<UniqueId, Resource[]>()
  for (const each of [...manifest.nodes.values(), ...[...manifest.disabled.values()].flat()]) {
    const attached = each.attached_node
    if (typeof attached === 'string') tests.set(attached, [...(tests.get(attached) ?? []), each])
  }
  for (const node of manifest.nodes.values())
    if (node.resource_type === 'model')
      node.primary_key = [...primaryKey(node, tests.get(node.unique_id) ?? [])].sort()
}

type TestMetadata = { readonly name: string; readonly kwargs: { readonly [name: string]: unknown } }

function primaryKey(node: Node, tests: readonly Resource[]): readonly string[] {
  const isKey = ({ type }: { readonly type?: unknown }): boolean => type === 'primary_key'
  const constraint = (node.constraints as { columns: string[]; type: string }[]).find(isKey)
  if (constraint !== undefined) return constraint.columns
  const column = Object.entries(node.columns).find(([, { constraints }]) => constraints.some(isKey))
  if (column !== undefined) return [column[0]]
  const [unique, disabled, filled] = [new Set<string>(), new Set<string>(), new Set<string>()]
  for (const test of tests) {
    const { name, kwargs } = test.test_metadata as TestMetadata
    const isUnique = name === 'unique' || name === 'unique_combination_of_columns'
    const into = isUnique
      ? test.config.enabled === false
        ? disabled
        : unique
      : name === 'not_null'
        ? filled
        : undefined
    for (const each of testedColumns(kwargs)) into?.add(each)
  }
  const both = [...filled].filter(each => unique.has(each) || disabled.has(each))
  return both.length > 0 ? both : unique.size > 0 ? [...unique] : [...disabled]
}

function testedColumns({
  column_name: column,
  combination_of_columns: combination,
}: TestMetadata['kwargs']): string[] {
  if (typeof column === 'string') return [column]
  return Array.isArray(combination) ? combination.filter(each => typeof each === 'string') : []
}

/** Find the model of each unit test; one of versions becomes a test of each. */
export function resolveUnitTests(parsing: Parsing, lookups: Lookups): void {
  for (const test of Array.from(parsing.manifest.unit_tests.values()))
    guarded(parsing, test.original_file_path, () => resolveUnitTest(parsing, lookups, test))
}

type UnitTest = Resource & {
  readonly model: string
  readonly given: readonly { readonly input: string }[]
  readonly overrides: { readonly macros: { readonly [name: string]: unknown } } | null
  readonly versions: { readonly include: unknown[] | null; readonly exclude: unknown[] | null } | null
}

function resolveUnitTest(parsing: Parsing, lookups: Lookups, resource: Resource): void {
  const test = resource as UnitTest
  const { manifest } = parsing
  const [name = '', version] = test.model.split(/\s+/)
  const found =
    lookups.refable(name, test.package_name, version) ??
    (lookups.disabled(version ? `${name}.v${version}` : name, test.package_name, ['model'])[0] as
      | Node
      | undefined)
  const invalid = (words: string): Error => failure('SLUICE_DBT_UNIT_TEST', { name: test.name, words })
  if (found === undefined) throw invalid(`There is no model \`${test.model}\` in its package.`)
  if (found.config.enabled === false) {
    test.config.enabled = false
    manifest.unit_tests.delete(test.unique_id)
    return addDisabled(parsing, test)
  }
  test.depends_on.nodes = [found.unique_id]
  test.schema = found.schema
  checkIncremental(test, found, invalid)
  const { include, exclude } = test.versions ?? {}
  if (found.version === null) {
    if (include || exclude) throw invalid(`It chooses versions, and \`${found.name}\` has none.`)
    return
  }
  const versions = [...manifest.nodes.values()].filter(
    node => node.name === found.name && node.package_name === found.package_name && node.version !== null,
  )
  const wanted = versions.filter(({ version: v }) => (include ? include.includes(v) : !exclude?.includes(v)))
  if (wanted.length === 0) throw invalid(`None of the versions of \`${found.name}\` is chosen.`)
  manifest.unit_tests.delete(test.unique_id)
  for (const node of wanted) {
    const unique_id = `unit_test.${test.package_name}.${test.model}.${test.name}_v${String(node.version)}`
    const depends_on = { macros: [], nodes: [node.unique_id] }
    manifest.unit_tests.set(unique_id, { ...test, unique_id, depends_on, version: node.version })
  }
}

/** Whether the model runs as an increment is for the test to say. */
function checkIncremental(test: UnitTest, model: Node, invalid: (words: string) => Error): void {
  if (!model.depends_on.macros.includes('macro.dbt.is_incremental')) return
  const override = test.overrides?.macros.is_incremental
  if (typeof override !== 'boolean')
    throw invalid(
      `\`${model.name}\` asks \`is_incremental()\`: the test must override it with true or false.`,
    )
  if (override && !test.given.some(({ input }) => input === 'this'))
    throw invalid(`As an increment \`${model.name}\` reads itself: the test must give \`this\`.`)
}

/** What must hold of single nodes when all is known. */
export function checkNodes(parsing: Parsing): void {
  const { manifest } = parsing
  const groups = new Set([...manifest.groups.values()].map(({ name }) => name))
  const all = [manifest.nodes, manifest.metrics, manifest.semantic_models, manifest.saved_queries]
  for (const of of all.flatMap(map => [...map.values()] as Resource[]))
    guarded(parsing, of.original_file_path, () => {
      if (of.group && !groups.has(String(of.group)))
        throw failure('SLUICE_DBT_NODE', {
          name: of.name,
          words: `There is no group \`${String(of.group)}\`.`,
        })
      checkNode(of)
    })
  guarded(parsing, 'dbt_project.yml', () => checkAliases(parsing))
}

function checkNode(of: Resource): void {
  const invalid = (words: string): Error => failure('SLUICE_DBT_NODE', { name: of.name, words })
  const { config } = of
  if (of.resource_type === 'model' && of.access === 'public' && config.materialized === 'ephemeral')
    throw invalid('An ephemeral model cannot be public.')
  if (of.resource_type === 'snapshot') checkSnapshot(config, invalid)
  if (config.materialized !== 'incremental' || config.incremental_strategy !== 'microbatch') return
  for (const name of ['event_time', 'begin', 'batch_size'])
    if (config[name] === null) throw invalid(`A microbatch model must be configured with \`${name}\`.`)
  if (!['hour', 'day', 'month', 'year'].includes(String(config.batch_size)))
    throw invalid('`batch_size` must be hour, day, month or year.')
}

function checkSnapshot(config: Resource['config'], invalid: (words: string) => Error): void {
  const { strategy, unique_key: key, check_cols: columns, updated_at: updated } = config
  if (!strategy || !key) throw invalid('A snapshot must be configured with a `strategy` and a `unique_key`.')
  if (strategy === 'check' && !columns)
    throw invalid('A snapshot that checks must be configured with `check_cols`.')
  if (strategy === 'check' && typeof columns === 'string' && columns !== 'all')
    throw invalid('`check_cols` must be `all`, or a list of columns.')
  if (strategy === 'timestamp' && !updated)
    throw invalid('A snapshot by time must be configured with `updated_at`.')
  if (config.materialized !== 'snapshot') throw invalid('A snapshot is materialized as `snapshot`.')
}

/** What is built under a name of its own, an ephemeral model among them. */
const refable: ReadonlySet<string> = new Set(['model', 'seed', 'snapshot'])

/** Two nodes must not be built as one table, nor have one name within a package. */
function checkAliases(parsing: Parsing): void {
  const relations = new Map<string, Node>()
  for (const node of parsing.manifest.nodes.values()) {
    const relation = refable.has(node.resource_type) ? relationName(parsing, node) : node.relation_name
    if (relation === null) continue
    const other = relations.get(relation)
    if (other !== undefined)
      throw failure('SLUICE_DBT_SAME_RELATION', {
        relation,
        first: other.unique_id,
        second: node.unique_id,
      })
    relations.set(relation, node)
  }
}
