import { createHash } from 'node:crypto'
import {
  type Callable,
  callable,
  Dict,
  isRaised,
  iterate,
  json,
  PySet,
  raise,
  repr,
  Returned,
  str,
  type Tuple,
  tupleOf,
  type Value,
} from '../../jinja/index.ts'
import { dumpYaml, loadYaml } from '../yaml.ts'
import { raiseCompilation } from './exceptions.ts'
import { loads, valueOf } from './json.ts'

/**
 * The release of dbt whose outcomes these projects get; what `dbt_version` says, and what
 * `require-dbt-version` is held against.
 */
export const dbtVersion = '1.11.16'

/** Functions that need nothing but their arguments: the same in every context. */
export function pureBuiltins(): ReadonlyMap<string, Callable> {
  const all: readonly Callable[] = [
    callable('return', 'data', ([data]) => {
      return early(data)
    }),
    callable('fromjson', 'string, default=None', ([text, otherwise]) => loads(str(text)) ?? otherwise),
    callable(
      'tojson',
      'value, default=None, sort_keys=False',
      ([value, otherwise, sortKeys]) =>
        unless('ValueError', () => json(value, { sorts: sortKeys === true })) ?? otherwise,
    ),
    callable('fromyaml', 'value, default=None', ([text, otherwise]) => yamlOr(str(text), otherwise)),
    callable('toyaml', 'value, default=None, sort_keys=False', ([value, otherwise, sortKeys]) => {
      return dumpYaml(value, { sortKeys: sortKeys === true }) ?? otherwise
    }),
    callable(
      'set',
      'value, default=None',
      ([items, otherwise]) => unless('TypeError', () => PySet.of(iterate(items))) ?? otherwise,
    ),
    callable('set_strict', 'value', ([items]) => PySet.of(iterate(items))),
    callable('zip', '*args, default=None', ([otherwise, lists]) => {
      return unless('TypeError', () => zipped(lists as Tuple)) ?? otherwise
    }),
    callable('zip_strict', '*args', ([lists]) => zipped(lists as Tuple)),
    callable('local_md5', 'value', ([value]) => createHash('md5').update(str(value)).digest('hex')),
    callable('diff_of_two_dicts', 'dict_a, dict_b', ([a, b]) => difference(a, b)),
    callable('adapter_macro', 'name, *args, **kwargs', ([name]) =>
      raiseCompilation(
        `\`adapter_macro\` is gone since dbt 0.18; use \`adapter.dispatch\` for ${str(name)}.`,
      ),
    ),
  ]
  return new Map(all.map(each => [each.name, each]))
}

/** A macro ends here: no failure, and caught where the macro that called it ends. */
function early(data: Value): never {
  const returned: unknown = new Returned(data)
  throw returned
}

/** What `act` gives, or undefined where Python would have raised this exception. */
function unless<T>(kind: 'TypeError' | 'ValueError', act: () => T): T | undefined {
  try {
    return act()
  } catch (thrown) {
    if (isRaised(thrown, kind)) return undefined
    throw thrown
  }
}

function yamlOr(text: string, otherwise: Value): Value {
  try {
    return valueOf(loadYaml(text, { path: 'fromyaml' }))
  } catch {
    // Whatever is no YAML has the default for a value: that is what the function promises.
    return otherwise
  }
}

function zipped(lists: Tuple): Value[] {
  const all = Array.from(lists, each => [...iterate(each)])
  const shortest = Math.min(...all.map(items => items.length))
  return all.length === 0
    ? []
    : Array.from({ length: shortest }, (_, i) => tupleOf(all.map(items => items[i] ?? null)))
}

/** Entries of `a` that `b` lacks, key by key, without regard to the case of keys and of grantees. */
function difference(a: Value, b: Value): Dict {
  if (!(a instanceof Dict) || !(b instanceof Dict))
    return raise('TypeError', 'diff_of_two_dicts() takes two dicts')
  const other = new Map(Array.from(b.entries(), ([key, value]) => [str(key).toLowerCase(), value]))
  const left = new Dict()
  for (const [key, values] of a.entries()) {
    const has = other.get(str(key).toLowerCase())
    const theirs = has === undefined ? undefined : new Set(Array.from(iterate(has), lowered))
    const missing = [...iterate(values)].filter(value => theirs === undefined || !theirs.has(lowered(value)))
    if (missing.length > 0) left.set(key, missing)
  }
  return left
}

function lowered(value: Value): string {
  return typeof value === 'string' ? value.toLowerCase() : repr(value)
}

/** The begin of names whose values are secrets: only profiles and packages may read them. */
export const secretPrefix = 'DBT_ENV_SECRET'

export type Environment = { readonly [name: string]: string | undefined }

/** `env_var(name, default)`. */
export function envVar(
  env: Environment,
  seen: (name: string, value: string | undefined) => void = () => {},
): Callable {
  return callable('env_var', 'var, default=None', ([given, otherwise]) => {
    const name = str(given)
    if (name.startsWith(secretPrefix))
      return raise(
        'ParsingError',
        'Secret env vars are allowed only in profiles.yml or packages.yml. ' +
          `Found '${name}' referenced elsewhere.`,
      )
    seen(name, env[name])
    const value = env[name] ?? (otherwise === null ? undefined : str(otherwise))
    return value ?? raise('ParsingError', `Env var required but not provided: '${name}'`)
  })
}

/** `isAnswer`: it was printed for whoever called, rather than logged. */
export type Say = (
  words: string,
  options: { readonly toScreen: boolean; readonly isAnswer?: boolean },
) => void

/** `log(…)` and `print(…)`: nothing is put into the text. */
export function telling(say: Say): readonly (readonly [string, Callable])[] {
  return [
    [
      'log',
      callable('log', 'msg, info=False', ([message, info]) => {
        say(str(message), { toScreen: info !== false && info !== null })
        return ''
      }),
    ],
    [
      'print',
      callable('print', 'msg', ([message]) => {
        say(str(message), { toScreen: true, isAnswer: true })
        return ''
      }),
    ],
  ]
}

/** `validation.any[…]` for `config.require(name, validator=…)`. */
export function validationValue(): Dict {
  return Dict.of([
    [
      'any',
      callable('validate_any', '*args', ([allowed]) =>
        callable('inner', 'value', ([value]) => {
          const all = Array.from(allowed as Tuple)
          if (all.some(each => repr(each) === repr(value))) return null
          return raise(
            'DbtValidationError',
            `Expected value "${str(value)}" to be one of ${all.map(each => str(each)).join(',')}`,
          )
        }),
      ),
    ],
  ])
}
