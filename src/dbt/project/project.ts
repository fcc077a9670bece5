import { join } from 'node:path'
import { failure } from '../../errors/index.ts'
import type { Problem, ResourceType } from '../face.ts'
import { isObject, loadYaml, type Yaml, type YamlObject } from '../yaml.ts'
import { type Levels, levelsOf } from './fqn.ts'
import { isLateInProject, type Render, renderTree } from './render.ts'
import { itemOf, listOf, textsOf } from './tree.ts'
import { checkNames } from './vocabulary.ts'
import { textOf } from './walk.ts'

/** One package as its `dbt_project.yml` says it is: the project itself, or one that it uses. */
export type Project = {
  readonly name: string
  readonly version: string | null
  /** The folder, absolute. */
  readonly root: string
  readonly profile: string | undefined
  readonly paths: Paths
  readonly targetPath: string
  readonly packagesPath: string
  readonly cleanTargets: readonly string[]
  readonly quoting: { readonly [part: string]: boolean }
  /** As written: they are rendered when they are used. */
  readonly vars: YamlObject
  readonly dispatch: readonly { readonly namespace: string; readonly order: readonly string[] }[]
  readonly onRunStart: readonly string[]
  readonly onRunEnd: readonly string[]
  readonly queryComment: Yaml | undefined
  readonly requiredVersions: readonly string[]
  readonly restrictAccess: boolean
  readonly flags: YamlObject
  readonly configs: (type: ResourceType) => Levels
  /** The same before rendering, by which states are compared. */
  readonly unrenderedConfigs: (type: ResourceType) => Levels
  /** `exposures:` and others, rendered. */
  readonly rendered: YamlObject
}

/** Folders, relative to the package's. */
export type Paths = { readonly [kind in PathKind]: readonly string[] }
export type PathKind =
  | 'models'
  | 'seeds'
  | 'snapshots'
  | 'analyses'
  | 'macros'
  | 'tests'
  | 'functions'
  | 'docs'
  | 'assets'

export const projectFile = 'dbt_project.yml'

/** Read a package's `dbt_project.yml`. Whatever is odd but harmless goes to `problems`. */
export function readProject(root: string, render: Render, problems: Problem[]): Project {
  const path = join(root, projectFile)
  const text = textOf(path)
  if (text === undefined) throw failure('SLUICE_DBT_PROJECT_NOT_FOUND', { folder: root })
  const raw = loadYaml(text, { path })
  if (!isObject(raw)) throw failure('SLUICE_DBT_PROJECT_INVALID', { path, words: 'It holds no mapping.' })
  if ('tests' in raw && !('data_tests' in raw)) {
    raw.data_tests = raw.tests as Yaml
    delete raw.tests
  }
  checkNames(raw, path, problems)
  return projectOf({ root, path, raw, rendered: renderTree(raw, render, isLateInProject) as YamlObject })
}

type Read = {
  readonly root: string
  readonly path: string
  readonly raw: YamlObject
  readonly rendered: YamlObject
}

function projectOf({ root, path, raw, rendered }: Read): Project {
  const name = rendered.name
  if (typeof name !== 'string' || !/^[^\d\W]\w*$/.test(name))
    throw failure('SLUICE_DBT_PROJECT_INVALID', { path, words: nameWords(name) })
  const profile = rendered.profile
  const unrendered = byType(raw)
  const targetPath = typeof rendered['target-path'] === 'string' ? rendered['target-path'] : 'target'
  return {
    name,
    version: rendered.version === undefined || rendered.version === null ? null : String(rendered.version),
    root,
    profile: typeof profile === 'string' ? profile : undefined,
    paths: pathsOf(rendered),
    targetPath,
    packagesPath: String(rendered['packages-install-path'] ?? 'dbt_packages'),
    cleanTargets: rendered['clean-targets'] ? textsOf(rendered['clean-targets']) : [targetPath],
    quoting: quotingOf(rendered.quoting),
    vars: isObject(raw.vars) ? raw.vars : {},
    dispatch: listOf(rendered.dispatch).map(entry => ({
      namespace: String(itemOf(entry, 'macro_namespace') ?? ''),
      order: textsOf(itemOf(entry, 'search_order')),
    })),
    onRunStart: textsOf(raw['on-run-start']),
    onRunEnd: textsOf(raw['on-run-end']),
    queryComment: raw['query-comment'],
    requiredVersions: textsOf(rendered['require-dbt-version']).flatMap(text => text.split(',')),
    restrictAccess: rendered['restrict-access'] === true,
    flags: isObject(rendered.flags) ? rendered.flags : {},
    configs: byType(rendered),
    // dbt compares functions by what is written of models.
    unrenderedConfigs: type => unrendered(type === 'function' ? 'model' : type),
    rendered,
  }
}

function nameWords(name: Yaml | undefined): string {
  return name === undefined
    ? 'It has no `name`.'
    : `\`name\` must be made of letters, digits and \`_\`, and does not begin with a digit.`
}

/** A path has an old name and a new one; the new one wins. */
function pathsOf(rendered: YamlObject): Paths {
  const path = (names: readonly string[], otherwise: string): readonly string[] => {
    const written = names.map(name => rendered[name]).find(value => value !== undefined && value !== null)
    return written === undefined ? [otherwise] : textsOf(written)
  }
  const paths = {
    models: path(['model-paths', 'source-paths'], 'models'),
    seeds: path(['seed-paths', 'data-paths'], 'seeds'),
    snapshots: path(['snapshot-paths'], 'snapshots'),
    analyses: path(['analysis-paths'], 'analyses'),
    macros: path(['macro-paths'], 'macros'),
    tests: path(['test-paths'], 'tests'),
    functions: path(['function-paths'], 'functions'),
  }
  const all = propertiesPaths(paths)
  const docs = rendered['docs-paths'] ? textsOf(rendered['docs-paths']) : all
  return { ...paths, docs, assets: textsOf(rendered['asset-paths']) }
}

/** Where files of properties may lie: beside anything. */
function propertiesPaths(paths: Omit<Paths, 'docs' | 'assets'>): readonly string[] {
  const { models, seeds, snapshots, analyses, macros, tests, functions } = paths
  const all = [models, seeds, snapshots, analyses, macros, tests, functions].flat()
  return [...new Set(all.map(path => path.replace(/\/+$/, '')))]
}

function quotingOf(quoting: Yaml | undefined): Project['quoting'] {
  if (!isObject(quoting)) return {}
  return Object.fromEntries(
    Object.entries(quoting).filter(([, value]) => typeof value === 'boolean'),
  ) as Project['quoting']
}

/** Under which key a kind of resource is configured; analyses and hooks are configured as models are. */
const keys: { readonly [type in ResourceType]?: string } = {
  seed: 'seeds',
  snapshot: 'snapshots',
  source: 'sources',
  test: 'data_tests',
  unit_test: 'unit_tests',
  metric: 'metrics',
  semantic_model: 'semantic_models',
  saved_query: 'saved_queries',
  exposure: 'exposures',
  function: 'functions',
}

function byType(tree: YamlObject): (type: ResourceType) => Levels {
  const known = new Map<string, Levels>()
  return type => {
    const key = keys[type] ?? 'models'
    const levels = known.get(key) ?? levelsOf(itemOf(tree, key) ?? itemOf(tree, key.replaceAll('_', '-')))
    known.set(key, levels)
    return levels
  }
}
