import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Adapter,
  dbtLanguages,
  type Flags,
  flagsValue,
  isObject,
  type Languages,
  loadYaml,
  graphValue,
  lookupsOf,
  macroCode,
  modulesValue,
  openDuckdb,
  type Parsed,
  parseProject,
  relationCache,
  type UniqueId,
  utcMoment,
  valueOf,
  type World,
  type YamlObject,
} from '../../dbt/index.ts'
import { failure } from '../../errors/index.ts'
import { codeWriter } from './code-files.ts'
import type { DbtOptions } from './face.ts'
import { commandLine, whichOf } from './flags.ts'
import { judge } from './judge.ts'
import { type Settings, settingsOf } from './settings.ts'
import { pythonOf } from './python.ts'
import { deferredOf } from './state.ts'
import { type Voices, voicesOf } from './voices.ts'

/** What all commands stand on. */
export type Opened = {
  readonly options: DbtOptions
  readonly settings: Settings
  readonly flags: Flags
  readonly root: string
  readonly invocationId: string
  readonly startedAtMs: number
  readonly languages: Languages
  /** Of the project, without its packages, which may not be installed yet. */
  readonly name: () => string
  readonly packagesPath: () => string
  readonly targetDir: () => string
  readonly voices: Voices
  /** Parsed once, whatever is wrong with it. */
  readonly looked: () => Parsed
  /** The same; throws what is wrong, and has told what is odd. */
  readonly parsed: () => Parsed
  readonly adapter: () => Promise<Adapter>
  readonly world: (selected: readonly UniqueId[], more?: Partial<World>) => Promise<World>
  readonly close: () => Promise<void>
}

/** Built-in packages of macros, the database's own first. */
const builtinFolders = ['dbt_duckdb', 'dbt'].map(name =>
  fileURLToPath(new URL(`../../dbt/packages/${name}`, import.meta.url)),
)

export function opened(options: DbtOptions): Opened {
  const { env, nowMs } = options
  const root = rootOf(options)
  const file = projectFile(root)
  const settings = settingsOf({ given: options.flags, env, project: isObject(file.flags) ? file.flags : {} })
  const startedAtMs = nowMs()
  const invocationId = randomUUID()
  const languages = dbtLanguages()
  const flags = flagsOf(options, settings)
  const voices = voicesOf(options, settings)
  const looked = once(() =>
    parseProject({
      ...whereOf(options, settings, root),
      ...seenOf(flags, { nowMs, startedAtMs }),
      flags,
      builtinFolders,
      languages,
      invocationId,
      say: voices.say,
    }),
  )
  const parsed = once(() => judge(looked(), voices))
  const targetDir = once(() => resolve(root, settings.text('target-path') ?? looked().project.targetPath))
  let database: Promise<Adapter> | undefined
  const adapter = () => (database ??= openDuckdb(parsed().profile, root))
  const rooms: Opened = {
    options,
    settings,
    flags,
    root,
    invocationId,
    startedAtMs,
    languages,
    name: () => String(file.name),
    packagesPath: () => String(file['packages-install-path'] ?? 'dbt_packages'),
    targetDir,
    voices,
    looked,
    parsed,
    adapter,
    world: async (selected, more = {}) => ({
      ...standing(parsed(), flags),
      code: macroCode(languages.running),
      adapter: await adapter(),
      cache: relationCache(),
      env,
      invocation: { id: invocationId, startedAtMs, args: flags.args as YamlObject },
      say: voices.say,
      warn: voices.warn,
      warningsAreErrors: voices.warningsAreErrors,
      selected,
      deferred: deferredOf(rooms),
      python: pythonOf(rooms),
      write: codeWriter(targetDir()),
      nowMs,
      ...more,
    }),
    close: async () => {
      // A database that could not be opened has been told, and needs no closing.
      const open = await database?.catch(() => undefined)
      await open?.close()
    },
  }
  return rooms
}

/** What of a world is the project's own. */
function standing({ project, packages, profile, manifest, macros }: Parsed, flags: Flags) {
  return {
    root: project,
    packages: packages.all,
    builtins: packages.builtins,
    profile,
    manifest,
    lookups: lookupsOf(manifest),
    graph: graphValue(manifest),
    macros,
    cli: flags.vars as YamlObject,
    flags,
    ownPackageFirst: project.flags.require_ref_searches_node_package_before_root === true,
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

function rootOf({ cwd, env, flags }: DbtOptions): string {
  const given = flags['project-dir'] ?? env.DBT_ENGINE_PROJECT_DIR ?? env.DBT_PROJECT_DIR ?? '.'
  const root = resolve(cwd, String(given))
  if (!existsSync(join(root, 'dbt_project.yml')))
    throw failure('SLUICE_DBT_PROJECT_NOT_FOUND', { folder: root })
  return root
}

/** dbt_project.yml as it is written: flags, which the project may lean on while it is read. */
function projectFile(root: string): YamlObject {
  const path = 'dbt_project.yml'
  const read = loadYaml(readFileSync(join(root, path), 'utf8'), { path })
  return isObject(read) ? read : {}
}

/** What templates see while the project is parsed. */
function seenOf(
  flags: Flags,
  { nowMs, startedAtMs }: { readonly nowMs: () => number; readonly startedAtMs: number },
) {
  return {
    nowMs: startedAtMs,
    values: {
      flags: flagsValue(flags),
      modules: modulesValue(nowMs),
      runStartedAt: utcMoment(startedAtMs),
      invocationArguments: valueOf(flags.args),
    },
  }
}

function whereOf({ cwd, env }: DbtOptions, settings: Settings, root: string) {
  const profilesDir = settings.text('profiles-dir')
  return {
    root,
    folder: cwd,
    home: env.HOME ?? homedir(),
    profilesDir: profilesDir === undefined ? undefined : resolve(cwd, profilesDir),
    profile: settings.text('profile'),
    target: settings.text('target'),
    threads: threadsOf(settings),
    vars: settings.mapping('vars'),
    env,
  }
}

function threadsOf(settings: Settings): number | undefined {
  if (settings.isOn('single-threaded')) return 1
  const threads = settings.number('threads')
  if (threads === undefined || threads > 0) return threads
  throw failure('SLUICE_CLI_OPTION_VALUE', { option: '--threads', expected: 'a whole number, 1 or more' })
}

function flagsOf({ command, words = [] }: DbtOptions, settings: Settings): Flags {
  const which = whichOf(command)
  const vars = settings.mapping('vars')
  return {
    which,
    fullRefresh: settings.isOn('full-refresh'),
    storeFailures: settings.isOn('store-failures'),
    failFast: settings.isOn('fail-fast'),
    empty: settings.isOn('empty'),
    vars: vars as Flags['vars'],
    args: {
      ...settings.all(),
      vars,
      which,
      ...(command === 'run-operation' && { macro: words[0] ?? '' }),
      invocation_command: commandLine(command, words, settings.all()),
    } as Flags['args'],
  }
}
