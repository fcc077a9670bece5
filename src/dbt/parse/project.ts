import type { Value } from '../../jinja/index.ts'
import { dbtVersion, type Environment } from '../context/builtins.ts'
import { targetValue } from '../context/target.ts'
import type { Flags, Manifest, Problem, Profile } from '../face.ts'
import { readProfile } from '../project/profile.ts'
import { type Project, projectFile, readProject } from '../project/project.ts'
import { readSelectors } from '../project/selectors.ts'
import type { Languages } from '../language.ts'
import { isObject, loadYaml, type YamlObject } from '../yaml.ts'
import { textOf } from '../project/walk.ts'
import { behaviourOf } from './behaviour.ts'
import { baseMembers, type World } from './context.ts'
import { macroDependencies } from './depends.ts'
import { emptyManifest, parseFiles } from './files.ts'
import { macroIndex, type MacroIndex } from './macro-index.ts'
import { type Packages, readMacros, readPackages } from './packages.ts'
import { md5, type Parsing } from './parsing.ts'
import { fileRenderer, secretEnvVar, withSecrets } from './renderers.ts'
import { type PackageFiles, readFiles } from './source.ts'
import { parseTemplates } from './templates.ts'
import { join } from 'node:path'

export type ParseRequest = {
  /** The project's folder, absolute; the folder that the command runs in; the user's own. */
  readonly root: string
  readonly folder: string
  readonly home: string
  readonly profilesDir?: string | undefined
  readonly profile?: string | undefined
  readonly target?: string | undefined
  readonly threads?: number | undefined
  /** `--vars` */
  readonly vars: YamlObject
  readonly env: Environment
  readonly flags: Flags
  /** The built-in packages, the database's own first. */
  readonly builtinFolders: readonly string[]
  readonly languages: Languages
  readonly nowMs: number
  readonly invocationId: string
  /** What templates see of the run. */
  readonly values: {
    readonly flags: Value
    readonly modules: Value
    readonly runStartedAt: Value
    readonly invocationArguments: Value
  }
  readonly say: World['say']
}

export type Parsed = {
  readonly manifest: Manifest
  readonly problems: readonly Problem[]
  readonly project: Project
  readonly packages: Packages
  readonly profile: Profile
  readonly macros: MacroIndex
  /** Variables of the environment that the project asked for, with what they were. */
  readonly env: ReadonlyMap<string, string | undefined>
}

/**
 * From a project's folder to its manifest. What is wrong with single files is in `problems`; only what ends
 * all is thrown.
 */
export function parseProject(request: ParseRequest): Parsed {
  const problems: Problem[] = []
  const env = new Map<string, string | undefined>()
  const world = worldOf(request, { problems, env })
  const profile = profileOf(request, world)
  const seeing: World = { ...world, target: targetValue(profile) }
  const packages = packagesOf(request, seeing, problems)
  const files = new Map([...packages.all].map(([name, project]) => [name, readFiles(project)]))
  const parsing = parsingOf(request, { packages, profile, world: seeing, problems, files })
  parseFiles(parsing, files)
  parsing.manifest.selectors = readSelectors(packages.root.root, text => text)
  Object.assign(parsing.manifest.metadata, metadataOf(request, parsing))
  return {
    manifest: parsing.manifest,
    problems,
    project: packages.root,
    packages,
    profile,
    macros: parsing.macros,
    env,
  }
}

type Gathered = { readonly problems: Problem[]; readonly env: Map<string, string | undefined> }

function worldOf(
  { env: environment, say, values, invocationId }: ParseRequest,
  { problems, env }: Gathered,
): World {
  return {
    env: environment,
    onEnv: (name, value) => void env.set(name, value),
    say,
    warn: words => void problems.push({ severity: 'warning', words }),
    target: null,
    flags: values.flags,
    modules: values.modules,
    runStartedAt: values.runStartedAt,
    invocationId,
    invocationArguments: values.invocationArguments,
  }
}

/** Its name stands in dbt_project.yml, the rest of which may need the profile to be rendered. */
function profileOf(request: ParseRequest, world: World): Profile {
  const { root, env, vars: cli } = request
  const { yaml: language } = request.languages
  const path = 'profiles.yml'
  const base = baseMembers(world).filter(([name]) => name !== 'env_var' && name !== 'target')
  const plain = fileRenderer({ language, cli, path, base: [...base, ['env_var', () => secretEnvVar(env)]] })
  const render = withSecrets(plain, env)
  const raw = loadYaml(textOf(join(root, projectFile)) ?? '', { path: projectFile })
  const named =
    isObject(raw) && typeof raw.profile === 'string' ? String(render(raw.profile, ['profile'])) : undefined
  return readProfile({
    root,
    folder: request.folder,
    home: request.home,
    profilesDir: request.profilesDir ?? env.DBT_PROFILES_DIR,
    profile: request.profile ?? named,
    target: request.target,
    threads: request.threads,
    render,
  })
}

function packagesOf(request: ParseRequest, world: World, problems: Problem[]): Packages {
  const { root, vars, builtinFolders } = request
  const { yaml: language } = request.languages
  const base = baseMembers(world)
  const render = (cli: YamlObject) => fileRenderer({ language, base, cli, path: projectFile })
  const renderers = { root: render(vars), packages: render({}) }
  const project = readProject(root, renderers.root, problems)
  return readPackages(project, { root, builtinFolders, problems, render: renderers })
}

type Parts = {
  readonly packages: Packages
  readonly profile: Profile
  readonly world: World
  readonly problems: Problem[]
  readonly files: ReadonlyMap<string, PackageFiles>
}

function parsingOf(request: ParseRequest, { packages, profile, world, problems, files }: Parts): Parsing {
  const { root, all, builtins } = packages
  const createdAt = request.nowMs / 1000
  const facts = readMacros(files, { problems, createdAt })
  const macros = macroIndex(facts, root.name, builtins)
  const dispatching = {
    rootName: root.name,
    prefixes: [profile.type],
    orders: root.dispatch,
    isPackage: (name: string) => all.has(name),
  }
  const members = new Set([
    ...baseMembers(world).map(([name]) => name),
    'var',
    'project_name',
    'builtins',
    'context',
  ])
  const { languages } = request
  macroDependencies(facts.values(), {
    language: languages.parsing,
    macros,
    dispatching,
    isMember: name => members.has(name),
  })
  const { external_root: externalRoot, disable_transactions: disableTransactions } = profile.credentials
  const parsing: Parsing = {
    root,
    packages: all,
    builtins,
    profile,
    cli: request.vars,
    flags: request.flags,
    behaviour: behaviourOf(root.flags),
    manifest: emptyManifest(facts),
    macros,
    problems,
    calls: new WeakMap(),
    createdAt,
    templates: parseTemplates(() => parsing, {
      languages,
      world,
      dispatching,
      adapterFacts: {
        externalRoot: String(externalRoot ?? '.'),
        disableTransactions: disableTransactions === true,
        root: root.root,
        warnOnce: world.warn,
      },
    }),
  }
  return parsing
}

function metadataOf(request: ParseRequest, { root, profile }: Parsing): Manifest['metadata'] {
  const at = new Date(request.nowMs).toISOString()
  const { database = true, schema = true, identifier = true } = root.quoting
  return {
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
    dbt_version: dbtVersion,
    generated_at: at,
    invocation_id: request.invocationId,
    invocation_started_at: at,
    env: {},
    project_name: root.name,
    project_id: md5(root.name),
    user_id: null,
    send_anonymous_usage_stats: false,
    adapter_type: profile.type,
    quoting: { database, schema, identifier, column: null },
    run_started_at: at,
  }
}
