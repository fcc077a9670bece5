import { join } from 'node:path'
import { dbtVersion } from '../context/builtins.ts'
import type { MacroFacts, Manifest, Problem, Profile } from '../face.ts'
import { readProfile } from '../project/profile.ts'
import { projectFile, readProject } from '../project/project.ts'
import { textOf } from '../project/walk.ts'
import { isObject, loadYaml, type YamlObject } from '../yaml.ts'
import { behaviourOf } from './behaviour.ts'
import { baseMembers, type World } from './context.ts'
import { macroDependencies, nameArguments } from './depends.ts'
import { emptyManifest } from './files.ts'
import { md5 } from './hash.ts'
import { macroIndex } from './macro-index.ts'
import { macrosHash, type Memory } from './memory.ts'
import { type Packages, readMacros, readPackages } from './packages.ts'
import type { Parsing } from './parsing.ts'
import { fileRenderer, secretEnvVar, withSecrets } from './renderers.ts'
import type { ParseRequest } from './request.ts'
import type { PackageFiles } from './source.ts'
import { parseTemplates } from './templates.ts'

type Gathered = { readonly problems: Problem[]; readonly env: Map<string, string | undefined> }

export function worldOf(
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
export function profileOf(request: ParseRequest, world: World): Profile {
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

export function packagesOf(request: ParseRequest, world: World, problems: Problem[]): Packages {
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
  readonly memory: Memory | undefined
}

/** All but generic tests in a folder of their own, of which dbt does not name the parameters. */
function inMacroFolders(macros: Iterable<MacroFacts>, files: Parts['files']): MacroFacts[] {
  const paths = new Set(
    [...files].flatMap(([name, each]) => each.macros.map(file => `${name} ${file.originalPath}`)),
  )
  return Array.from(macros).filter(macro => paths.has(`${macro.package_name} ${macro.original_file_path}`))
}

export function parsingOf(request: ParseRequest, parts: Parts): Parsing {
  const { packages, profile, world, problems, files } = parts
  const { root, all, builtins } = packages
  const createdAt = request.nowMs / 1000
  const facts = readMacros(files, { problems, createdAt })
  const behaviour = behaviourOf(root.flags)
  if (behaviour.macroArguments)
    nameArguments(inMacroFolders(facts.values(), files), request.languages.parsing)
  const memory = parts.memory?.macros === macrosHash(facts.values()) ? parts.memory : undefined
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
    before: memory?.calls ?? new Map(),
  })
  const { external_root: externalRoot, disable_transactions: disableTransactions } = profile.credentials
  const parsing: Parsing = {
    root,
    packages: all,
    builtins,
    profile,
    cli: request.vars,
    flags: request.flags,
    behaviour,
    manifest: emptyManifest(facts),
    macros,
    problems,
    calls: new WeakMap(),
    captures: { before: memory?.captured ?? new Map(), now: new Map() },
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

export function metadataOf(
  request: ParseRequest,
  { root, profile }: Pick<Parsing, 'root' | 'profile'>,
): Manifest['metadata'] {
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
