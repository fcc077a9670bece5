import { isObject, loadYaml, type Environment, type YamlObject } from '../../dbt/index.ts'
import { failure } from '../../errors/index.ts'
import { dbtFlags, type FlagSpec } from './flags.ts'

export type FlagValue = boolean | number | string | readonly string[] | YamlObject
export type FlagValues = { readonly [name: string]: FlagValue | undefined }

/** What was asked for: by the command line, else by the environment, else by `flags:` of dbt_project.yml. */
export type Settings = {
  readonly isOn: (name: string) => boolean
  /** `undefined`: nobody said whether. */
  readonly choice: (name: string) => boolean | undefined
  readonly text: (name: string) => string | undefined
  readonly texts: (name: string) => readonly string[]
  readonly number: (name: string) => number | undefined
  readonly mapping: (name: string) => YamlObject
  /** In the names of `invocation_args_dict`. */
  readonly all: () => YamlObject
}

export type SettingsFrom = {
  readonly given: FlagValues
  readonly env: Environment
  readonly project: YamlObject
}

export function settingsOf({ given, env, project }: SettingsFrom): Settings {
  const values = new Map<string, FlagValue>()
  for (const spec of dbtFlags) {
    const value = given[spec.name] ?? lasting(spec, env, project)
    if (value !== undefined) values.set(spec.name, typed(spec, value))
  }
  const of = (name: string) => values.get(name)
  const text = (name: string) => {
    const value = of(name)
    return value === undefined ? undefined : String(value)
  }
  return {
    isOn: name => of(name) === true,
    choice: name => (typeof of(name) === 'boolean' ? of(name) === true : undefined),
    text,
    texts: name => {
      const value = of(name)
      return Array.isArray(value) ? (value as string[]) : []
    },
    number: name => {
      const value = of(name)
      return typeof value === 'number' ? value : undefined
    },
    mapping: name => {
      const value = of(name)
      return isObject(value) ? value : {}
    },
    all: () =>
      Object.fromEntries(
        Array.from(values, ([name, value]) => [name.replaceAll('-', '_'), value]),
      ) as YamlObject,
  }
}

function lasting(spec: FlagSpec, env: Environment, project: YamlObject): FlagValue | undefined {
  if (!spec.isLasting) return undefined
  const key = spec.name.replaceAll('-', '_')
  const name = key.toUpperCase()
  const said = env[`DBT_ENGINE_${name}`] ?? env[`DBT_${name}`]
  if (said !== undefined && said !== '') return said
  const value = project[key]
  return value === null ? undefined : (value as FlagValue | undefined)
}

const yes = new Set(['1', 'true', 't', 'yes', 'y', 'on'])
const no = new Set(['0', 'false', 'f', 'no', 'n', 'off'])

/** A text becomes what the flag takes; what a program hands over already is. */
function typed(spec: FlagSpec, value: FlagValue): FlagValue {
  const option = `--${spec.name}`
  if (spec.kind === 'on') {
    if (typeof value === 'boolean') return value
    const word = String(value).toLowerCase()
    if (yes.has(word)) return true
    if (no.has(word)) return false
    throw failure('SLUICE_CLI_OPTION_VALUE', { option, expected: 'true or false' })
  }
  if (spec.kind === 'texts') {
    const list = Array.isArray(value) ? (value as readonly string[]) : [String(value)]
    const words = list.flatMap(each => each.split(/\s+/)).filter(each => each !== '')
    for (const word of words) checkChoice(spec, word)
    return words
  }
  if (spec.kind === 'number') {
    const number = Number(value)
    if (Number.isSafeInteger(number)) return number
    throw failure('SLUICE_CLI_OPTION_VALUE', { option, expected: 'a whole number' })
  }
  if (spec.kind === 'yaml') return mappingOf(value, option)
  checkChoice(spec, String(value))
  return isObject(value) ? value : String(value)
}

function checkChoice({ name, choices }: FlagSpec, word: string): void {
  if (choices === undefined || choices.includes(word)) return
  const expected = `one of ${choices.join(', ')}`
  throw failure('SLUICE_CLI_OPTION_VALUE', { option: `--${name}`, expected })
}

function mappingOf(value: FlagValue, option: string): YamlObject {
  const read = typeof value === 'string' ? loadYaml(value, { path: option }) : value
  if (read === null) return {}
  if (isObject(read)) return read
  throw failure('SLUICE_CLI_OPTION_VALUE', { option, expected: 'a mapping, as YAML or JSON' })
}
