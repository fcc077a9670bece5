import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repr } from '../../../jinja/index.ts'
import { valueOf } from '../../context/json.ts'
import { csvRows } from '../../csv.ts'
import type { Resource } from '../../face.ts'
import { listOf } from '../../project/tree.ts'
import { isObject, type Yaml, YamlDate, type YamlObject } from '../../yaml.ts'
import { configured, addResource, textOr } from './simple.ts'
import type { Lookups } from '../lookups.ts'
import { sha256 } from '../hash.ts'
import { packageOf, type Parsing } from '../parsing.ts'
import { referenceIn } from '../reference.ts'
import { fqnPrefix } from '../source.ts'
import { type Entry, invalidEntry } from './entries.ts'

/** Rows in files that unit tests name, by package and name. */
export type Fixtures = ReadonlyMap<string, Yaml>

type Row = YamlObject

/** A model held against given rows. The model itself is found when all are known. */
export function parseUnitTest(
  parsing: Parsing,
  entry: Entry,
  more: { lookups: Lookups; fixtures: Fixtures },
): void {
  const { said } = entry
  const { file } = entry.at
  const [name, model] = [String(said.name), String(said.model)]
  const packageName = file.package.name
  const relative = file.originalPath.split('/').slice(1).join('/')
  const begin = {
    name,
    resource_type: 'unit_test' as const,
    package_name: packageName,
    path: file.path,
    original_file_path: file.originalPath,
    unique_id: `unit_test.${packageName}.${model}.${name}`,
    fqn: [...fqnPrefix(packageName, relative), model, name],
  }
  const { config } = configured(parsing, begin, said.config)
  const given = listOf(said.given)
    .filter(isObject)
    .map(each => ({
      input: String(each.input),
      ...fixtureOf(parsing, entry, { said: each, of: 'input', ...more }),
    }))
  const expected = isObject(said.expect) ? said.expect : {}
  const expect = fixtureOf(parsing, entry, { said: expected, of: 'expected', ...more })
  const overrides = overridesOf(said.overrides)
  const versions = versionsOf(said.versions)
  const test = {
    model,
    given: given.map(each => each as unknown),
    expect,
    ...begin,
    description: textOr(said.description, ''),
    overrides,
    depends_on: { macros: [], nodes: [] },
    config,
    checksum: checksumOf({ model, versions, given, expect, overrides }),
    schema: null,
    created_at: parsing.createdAt,
    versions,
    version: null,
    refs: [],
    sources: [],
    tags: [],
    meta: {},
  } as unknown as Resource
  addResource(parsing, 'unit_tests', test)
}

type Fixture = { rows: Yaml; readonly format: string; readonly fixture: string | null }
type Given = {
  readonly said: YamlObject
  readonly of: 'input' | 'expected'
  readonly lookups: Lookups
  readonly fixtures: Fixtures
}

function fixtureOf(parsing: Parsing, entry: Entry, { said, of, lookups, fixtures }: Given): Fixture {
  const format = String(said.format ?? 'dict')
  const fixture = textOr(said.fixture, null)
  const mismatch = (): Error =>
    invalidEntry(
      entry,
      `The ${of} rows of \`${String(entry.said.name)}\` are not in the format \`${format}\`.`,
    )
  const fromFile = (): Yaml => {
    const rows = fixtures.get(`${entry.at.file.package.name}.${fixture}`)
    if (rows === undefined) throw invalidEntry(entry, `There is no file of fixtures called \`${fixture}\`.`)
    return rows
  }
  if (format === 'sql') {
    const rows = fixture === null ? said.rows : fromFile()
    if (typeof rows !== 'string') throw mismatch()
    return { rows, format, fixture }
  }
  if (format === 'csv') {
    if (fixture === null && typeof said.rows !== 'string') throw mismatch()
    const rows = fixture === null ? csvRows(String(said.rows)) : (fromFile() as Row[])
    return { rows: promoted(rows.map(emptyAsNull)), format, fixture }
  }
  const rows =
    said.rows ?? (of === 'input' ? seedRows(parsing, entry, { input: String(said.input), lookups }) : null)
  if (!Array.isArray(rows)) throw mismatch()
  return { rows: promoted(rows.map(withoutDates) as Row[]), format, fixture }
}

/** Templates see a day as its text. */
function withoutDates(row: Yaml): Yaml {
  if (!isObject(row)) return row
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof YamlDate ? value.iso : value]),
  )
}

function emptyAsNull(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === '' ? null : value]))
}

/** A row without nulls comes first: some databases take types from it. */
function promoted(rows: readonly Row[]): Row[] {
  const place = rows.findIndex(row => isObject(row) && Object.values(row).every(value => value !== null))
  const made = [...rows]
  if (place > 0) [made[0], made[place]] = [made[place] as Row, made[0] as Row]
  return made
}

function seedRows(
  parsing: Parsing,
  entry: Entry,
  { input, lookups }: { input: string; lookups: Lookups },
): Row[] {
  const found = referenceIn(input, entry.at.file.originalPath)
  const own = entry.at.file.package.name
  const seed = 'ref' in found ? lookups.refable(found.ref.name, found.ref.package ?? own) : undefined
  if (seed?.resource_type !== 'seed') throw invalidEntry(entry, `\`${input}\` has no rows, and is no seed.`)
  return csvRows(
    readFileSync(join(packageOf(parsing, seed.package_name).root, seed.original_file_path), 'utf8'),
  )
}

function overridesOf(said: Yaml | undefined): YamlObject | null {
  if (!isObject(said)) return null
  const of = (name: string): YamlObject => (isObject(said[name]) ? said[name] : {})
  return { macros: of('macros'), vars: of('vars'), env_vars: of('env_vars') }
}

function versionsOf(said: Yaml | undefined): YamlObject | null {
  if (!isObject(said)) return null
  return { include: said.include ?? null, exclude: said.exclude ?? null }
}

type Checked = {
  readonly model: string
  readonly versions: YamlObject | null
  readonly given: readonly (Fixture & { readonly input: string })[]
  readonly expect: Fixture
  readonly overrides: YamlObject | null
}

/** The checksum is of the text in which dbt prints its objects. */
function checksumOf({ model, versions, given, expect, overrides }: Checked): string {
  const printed = (value: Yaml): string => repr(valueOf(value))
  const format = (name: string): string => `<UnitTestFormat.${formats[name] ?? name}: '${name}'>`
  const rest = ({ rows, format: name, fixture }: Fixture): string =>
    `rows=${printed(rows)}, format=${format(name)}, fixture=${printed(fixture)}`
  const inputs = given.map(each => `UnitTestInputFixture(input=${printed(each.input)}, ${rest(each)})`)
  const fields = (name: string, of: YamlObject | null): string =>
    of === null
      ? 'None'
      : `${name}(${Object.entries(of)
          .map(([field, value]) => `${field}=${printed(value)}`)
          .join(', ')})`
  const parts = [
    model,
    fields('UnitTestNodeVersions', versions),
    `[${inputs.join(', ')}]`,
    `UnitTestOutputFixture(${rest(expect)})`,
    fields('UnitTestOverrides', overrides),
    ...given.filter(each => each.fixture !== null).map(each => printed(each.rows)),
  ]
  return sha256(parts.join('-'))
}

const formats: { readonly [name: string]: string } = { dict: 'Dict', csv: 'CSV', sql: 'SQL' }
