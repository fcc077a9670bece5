import { basename, join } from 'node:path'
import { failure } from '../../errors/index.ts'
import type { Json } from '../../model/index.ts'
import type { Profile } from '../face.ts'
import { isObject, loadYaml, type YamlObject } from '../yaml.ts'
import { type Render, renderTree } from './render.ts'
import { textOf } from './walk.ts'

export type ProfileRequest = {
  /** The project's folder. */
  readonly root: string
  /** `--profiles-dir`, or the environment's `DBT_PROFILES_DIR`. */
  readonly profilesDir?: string | undefined
  /** The folder the command runs in, and the user's own. */
  readonly folder: string
  readonly home: string
  /** `--profile`, else what the project names. */
  readonly profile: string | undefined
  readonly target?: string | undefined
  readonly threads?: number | undefined
  readonly render: Render
}

const profilesFile = 'profiles.yml'
/** Connections at once where neither profile nor command says. */
const threadsDefault = 1

/** The target that is asked for; only it is rendered, so that others may need variables that are not set. */
export function readProfile(request: ProfileRequest): Profile {
  const path = join(profilesFolder(request), profilesFile)
  const invalid = (words: string) => failure('SLUICE_DBT_PROFILE', { path, words })
  const text = textOf(path)
  if (text === undefined) throw failure('SLUICE_DBT_PROFILES_NOT_FOUND', { path })
  const { profile: profileName } = request
  if (profileName === undefined)
    throw invalid('The project names no profile, and none was given by `--profile`.')
  const read = loadYaml(text, { path })
  const profile = isObject(read) ? read[profileName] : undefined
  if (!isObject(profile)) throw invalid(`It has no profile \`${profileName}\`.`)
  const { outputs } = profile
  if (!isObject(outputs)) throw invalid(`Profile \`${profileName}\` has no \`outputs\`.`)
  const targetName = request.target ?? targetOf(profile, request.render)
  const output = outputs[targetName]
  if (!isObject(output)) {
    const names = Object.keys(outputs).map(name => `\`${name}\``)
    throw invalid(`Profile \`${profileName}\` has no target \`${targetName}\`; it has ${names.join(', ')}.`)
  }
  const render: Render = (value, keys) => request.render(value, [profileName, 'outputs', targetName, ...keys])
  const { threads, type, ...fields } = renderTree(output, render) as YamlObject
  if (typeof type !== 'string') throw invalid(`Target \`${targetName}\` has no \`type\`.`)
  return {
    profileName,
    targetName,
    threads: request.threads ?? (typeof threads === 'number' ? threads : threadsDefault),
    type,
    ...(type === 'duckdb' ? duckdb(fields, invalid) : anyOther(fields)),
  }
}

/** Where profiles.yml is looked for: as told, in the folder of the command, in the project's, at home. */
function profilesFolder({ profilesDir, folder, root, home }: ProfileRequest): string {
  if (profilesDir !== undefined) return profilesDir
  for (const each of [folder, root]) if (textOf(join(each, profilesFile)) !== undefined) return each
  return join(home, '.dbt')
}

function targetOf({ target }: YamlObject, render: Render): string {
  if (target === undefined || target === null) return 'default'
  return String(typeof target === 'string' ? render(target, ['target']) : target)
}

type Place = Pick<Profile, 'database' | 'schema' | 'credentials'>

function anyOther(fields: YamlObject): Place {
  const { database = fields.dbname ?? fields.project ?? '', schema = fields.dataset ?? '' } = fields
  return { database: String(database), schema: String(schema), credentials: fields as Place['credentials'] }
}

/** Fields of a DuckDB target in dbt-duckdb's names and order; templates see all of them in `target`. */
function duckdb(fields: YamlObject, invalid: (words: string) => Error): Place {
  const path = typeof fields.path === 'string' ? fields.path : ':memory:'
  const named = databaseName(path)
  const { database = named, schema = 'main' } = fields
  const attached = Array.isArray(fields.attach) ? fields.attach : []
  const isAttached = attached.some(each => isObject(each) && each.alias === database)
  if (database !== named && !isAttached && !fields.remote)
    throw invalid(
      `\`database\` must be \`${named}\`, as \`path\` names it, or the alias of an attached database.`,
    )
  const credentials = {
    config_options: null,
    extensions: null,
    settings: null,
    external_root: '.',
    use_credential_provider: null,
    attach: null,
    filesystems: null,
    remote: null,
    plugins: null,
    disable_transactions: false,
    ...fields,
    database,
    schema,
    path,
  }
  return {
    database: String(database),
    schema: String(schema),
    credentials: credentials as unknown as { [key: string]: Json },
  }
}

/** The name that DuckDB gives a database file: up to its first dot. */
function databaseName(path: string): string {
  if (path === ':memory:') return 'memory'
  const scheme = /^(md|motherduck|ducklake):/i.exec(path)?.[1]?.toLowerCase()
  const bare = path.replace(/^[a-z][a-z0-9+.-]*:/i, '').replace(/[?#].*$/, '')
  const file = basename(bare)
  if (scheme === 'md' || scheme === 'motherduck') return file.replace(/\.[^.]*$/, '') || 'my_db'
  return file.replace(/^\.+/, '').split('.')[0] ?? ''
}
