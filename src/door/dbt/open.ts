import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Adapter,
  dbtLanguages,
  type Environment,
  type Flags,
  flagsValue,
  lookupsOf,
  macroCode,
  modulesValue,
  type Node,
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

export type DbtOptions = {
  /** Where the command runs. */
  readonly cwd: string
  readonly projectDir?: string | undefined
  readonly profilesDir?: string | undefined
  readonly profile?: string | undefined
  readonly target?: string | undefined
  readonly targetPath?: string | undefined
  readonly threads?: number | undefined
  readonly vars: YamlObject
  readonly flags: Flags
  readonly env: Environment
  readonly nowMs: () => number
  readonly signal: AbortSignal
  /** Words of `log` and `print`, of warnings, of what dbt would say by itself. */
  readonly onWords: (words: string) => void
}

/** A dbt project, open for one command. */
export type Dbt = {
  readonly parsed: Parsed
  readonly invocationId: string
  readonly startedAtMs: number
  /** Folder of artefacts, absolute. */
  readonly targetDir: string
  /** The world that nodes are carried out in; the database is opened when it is first asked for. */
  readonly world: (selected: readonly UniqueId[]) => Promise<World>
  readonly close: () => Promise<void>
}

/** Built-in packages of macros, the database's own first. */
const builtinFolders = ['dbt_duckdb', 'dbt'].map(name =>
  fileURLToPath(new URL(`../../dbt/packages/${name}`, import.meta.url)),
)

/** Read and parse the project. What is wrong with single files is in `parsed.problems`; the caller decides what it ends. */
export function openDbt(options: DbtOptions): Dbt {
  const { cwd, env, flags, vars, nowMs, onWords } = options
  const root = rootOf(options)
  const startedAtMs = nowMs()
  const invocationId = randomUUID()
  const languages = dbtLanguages()
  const say: World['say'] = (words, { toScreen }) => {
    if (toScreen) onWords(words)
  }
  const parsed = parseProject({
    root,
    folder: cwd,
    home: homedir(),
    profilesDir: options.profilesDir,
    profile: options.profile,
    target: options.target,
    threads: options.threads,
    vars,
    env,
    flags,
    builtinFolders,
    languages,
    nowMs: startedAtMs,
    invocationId,
    values: {
      flags: flagsValue(flags),
      modules: modulesValue(nowMs),
      runStartedAt: utcMoment(startedAtMs),
      invocationArguments: valueOf(flags.args),
    },
    say,
  })
  const targetDir = resolve(root, options.targetPath ?? env.DBT_TARGET_PATH ?? parsed.project.targetPath)
  const warned = new Set<string>()
  let adapter: Promise<Adapter> | undefined
  return {
    parsed,
    invocationId,
    startedAtMs,
    targetDir,
    world: async selected => {
      adapter ??= openDuckdb(parsed.profile, root)
      return {
        root: parsed.project,
        packages: parsed.packages.all,
        builtins: parsed.packages.builtins,
        profile: parsed.profile,
        manifest: parsed.manifest,
        lookups: lookupsOf(parsed.manifest),
        macros: parsed.macros,
        code: macroCode(languages.running),
        cli: vars,
        flags,
        adapter: await adapter,
        cache: relationCache(),
        env,
        invocation: { id: invocationId, startedAtMs, args: flags.args as YamlObject },
        say,
        warn: words => {
          if (!warned.has(words)) onWords(words)
          warned.add(words)
        },
        selected,
        write: (kind, node, text) => writeCode(join(targetDir, kind), node, text),
        nowMs,
        ownPackageFirst: parsed.project.flags.require_ref_searches_node_package_before_root === true,
      }
    },
    close: async () => {
      await (await adapter)?.close()
    },
  }
}

function rootOf({ cwd, projectDir, env }: DbtOptions): string {
  const root = resolve(cwd, projectDir ?? env.DBT_PROJECT_DIR ?? '.')
  if (!existsSync(join(root, 'dbt_project.yml'))) throw failure('SLUICE_DBT_PROJECT_NOT_FOUND', { folder: root })
  return root
}

/** `target/compiled/shop/models/orders.sql`; tests of a properties file lie in a folder of its name. */
function writeCode(folder: string, node: Node, text: string): void {
  const isOwnFile = node.path.endsWith('.sql') && node.original_file_path.endsWith(node.path)
  const path = isOwnFile ? node.original_file_path : join(node.original_file_path, node.path)
  const file = join(folder, node.package_name, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
