import { resolve } from 'node:path'
import { type Database, type DatabaseConnection, openDatabase } from '../../engine/index.ts'
import { failure } from '../../errors/index.ts'
import type { Json } from '../../model/index.ts'
import { quoteText } from '../../sql/index.ts'
import type { Adapter, Connection, Profile } from '../face.ts'
import { tableOf } from './rows.ts'

/** DuckDB as the profile describes it: path, settings, extensions, secrets, attached databases. */
export async function openDuckdb(profile: Profile, root: string): Promise<Adapter> {
  const [first] = unsupportedIn(profile)
  if (first) throw failure('SLUICE_DBT_PROFILE_UNSUPPORTED', { key: first[0], why: first[1] })
  const { credentials } = profile
  const path = pathOf(credentials, root)
  const database = await openDatabase(path, configOf(credentials))
  const signal = new AbortController().signal
  try {
    const first = await database.connect(signal)
    for (const statement of opening(credentials)) await first.execute(statement, { fetch: false })
    first.close()
  } catch (thrown) {
    database.close()
    throw thrown
  }
  return {
    type: 'duckdb',
    parents: [],
    quote: identifier => `"${identifier}"`,
    connect: (_, abort) => connect(database, credentials, abort),
    close: async () => database.close(),
  }
}

type Credentials = Profile['credentials']

/** Parts of dbt-duckdb's profile that lean on Python or on a service. */
const unsupported: { readonly [key: string]: string } = {
  plugins: 'plugins are modules of Python',
  filesystems: 'file systems of fsspec are modules of Python',
  remote: 'a remote server (Buena Vista) is not spoken to',
  flights: 'MotherDuck flights are not spoken to',
  module_paths: 'paths to modules of Python have no meaning here',
}

/** Each key of an output that cannot be, and why. */
export function unsupportedIn({
  type,
  credentials,
}: Profile): readonly (readonly [key: string, why: string])[] {
  if (type !== 'duckdb') return [['type', `\`${type}\` is no database that is spoken to; \`duckdb\` is`]]
  const found = Object.entries(unsupported).filter(([key]) => {
    const value = credentials[key]
    return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)
  })
  const isMotherDuck = /^(md|motherduck):/.test(String(credentials.path ?? ''))
  return isMotherDuck ? [...found, ['path', 'MotherDuck is not spoken to']] : found
}

function pathOf({ path = ':memory:' }: Credentials, root: string): string {
  const text = String(path)
  return text === ':memory:' || text.includes('://') ? text : resolve(root, text)
}

function configOf({ config_options: config }: Credentials): { [option: string]: string } {
  return Object.fromEntries(Object.entries(mapping(config)).map(([name, value]) => [name, String(value)]))
}

function mapping(value: Json | undefined): { readonly [key: string]: Json } {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isMapping ? (value as { readonly [key: string]: Json }) : {}
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : []
}

/** What is done once, when the database is opened. */
function* opening(credentials: Credentials): Generator<string> {
  for (const extension of list(credentials.extensions)) {
    const { name, repo } =
      typeof extension === 'string' ? { name: extension, repo: undefined } : mapping(extension)
    yield repo === undefined ? `install ${name}` : `install ${name} from ${repo}`
    yield `load ${name}`
  }
  for (const [index, secret] of list(credentials.secrets).entries()) yield secretSql(mapping(secret), index)
  for (const attachment of list(credentials.attach)) yield attachSql(mapping(attachment))
}

function secretSql({ type, name, ...fields }: { readonly [key: string]: Json }, index: number): string {
  const values = Object.entries(fields).map(([key, value]) => `${key} ${secretValue(value)}`)
  const fieldList = [`type ${String(type)}`, ...values].join(', ')
  return `create or replace secret ${String(name ?? `__default_s${index + 1}`)} (${fieldList})`
}

function secretValue(value: Json): string {
  if (Array.isArray(value)) return `(${value.map(secretValue).join(', ')})`
  if (typeof value !== 'object' || value === null) return quoteText(String(value))
  return `map {${Object.entries(value)
    .map(([key, each]) => `${quoteText(key)}: ${secretValue(each)}`)
    .join(', ')}}`
}

/** `attach … as alias (type x, read_only)`. */
function attachSql({
  path,
  alias,
  type,
  secret,
  read_only: readOnly,
  options,
}: {
  readonly [key: string]: Json
}): string {
  const named: string[] = []
  if (type) named.push(`type ${String(type)}`)
  if (secret) named.push(`secret ${String(secret)}`)
  if (readOnly === true) named.push('read_only')
  for (const [key, value] of Object.entries(mapping(options)))
    if (value === true) named.push(key)
    else if (value !== false && value !== null)
      named.push(`${key} ${typeof value === 'string' ? quoteText(value) : String(value)}`)
  const as = alias ? ` as ${String(alias)}` : ''
  const more = named.length > 0 ? ` (${named.join(', ')})` : ''
  return `attach if not exists ${quoteText(String(path))}${as}${more}`
}

async function connect(
  database: Database,
  { settings }: Credentials,
  signal: AbortSignal,
): Promise<Connection> {
  const connection = await database.connect(signal)
  for (const [name, value] of Object.entries(mapping(settings)))
    await connection.execute(`set ${name} = ${quoteText(String(value))}`, { fetch: false })
  return connectionOf(connection)
}

function connectionOf(connection: DatabaseConnection): Connection {
  const simple = async (sql: string) => void (await connection.execute(sql, { fetch: false }))
  return {
    execute: async (sql, { fetch, rowsMax }) => {
      const answer = await connection.execute(sql, rowsMax === undefined ? { fetch } : { fetch, rowsMax })
      return { message: 'OK', rowsAffected: answer.rowsChanged, ...(fetch && { table: tableOf(answer) }) }
    },
    begin: () => simple('begin transaction'),
    commit: () => simple('commit'),
    rollback: () => simple('rollback'),
    close: () => connection.close(),
  }
}
