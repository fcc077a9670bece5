import {
  CALL,
  type Callable,
  callable,
  type Language,
  raise,
  type Scope,
  str,
  type Value,
} from '../../jinja/index.ts'
import { failure } from '../../errors/index.ts'
import { type Environment, envVar, secretPrefix } from '../context/builtins.ts'
import { VarValue } from '../context/var.ts'
import type { Keys } from '../project/tree.ts'
import { itemOf } from '../project/tree.ts'
import type { Render } from '../project/render.ts'
import type { YamlObject } from '../yaml.ts'
import { fromValue } from './values.ts'
import type { Entries } from './context.ts'

export type RendererParts = {
  readonly language: Language
  readonly base: Entries
  /** Variables of the command line; none for packages. */
  readonly cli: YamlObject
  readonly path: string
}

/** Renders the texts of a file that is read before the project is known: profiles.yml, dbt_project.yml. */
export function fileRenderer({ language, base, cli, path }: RendererParts): Render {
  const missing = (name: string): never => {
    throw failure('SLUICE_DBT_VAR_MISSING', { name, path })
  }
  const vars = new VarValue({ vars: name => itemOf(cli, name), missing, render: text => text })
  const members = new Map<string, () => Value>([
    ...base.map(([name, member]) => [name, () => member(undefined as never)] as const),
    ['var', () => vars],
  ])
  const scope: Scope = { get: name => members.get(name)?.() }
  return text => fromValue(language.compile(text, { name: path }).native(scope))
}

const [before, after] = ['$$$DBT_SECRET_START$$$', '$$$DBT_SECRET_END$$$']
const marked = /\$\$\$DBT_SECRET_START\$\$\$(.*?)\$\$\$DBT_SECRET_END\$\$\$/g

/**
 * `env_var` where secrets may be read. A template gets a mark in place of a secret, so that it cannot take
 * it apart; the secret itself is put in when the text is whole.
 */
export function secretEnvVar(env: Environment): Callable {
  const open = envVar(env)
  return callable('env_var', 'var, default=None', ([name, otherwise]) => {
    const asked = str(name)
    if (!asked.startsWith(secretPrefix)) return open[CALL]([name, otherwise])
    if (env[asked] !== undefined) return `${before}${asked}${after}`
    return otherwise === null
      ? raise('ParsingError', `Env var required but not provided: '${asked}'`)
      : str(otherwise)
  })
}

/** Renders with secrets put in their places. A password that is no template is taken as it stands. */
export function withSecrets(render: Render, env: Environment): Render {
  return (text, keys) => {
    const rendered = renderedOr(text, keys, render)
    return typeof rendered === 'string'
      ? rendered.replace(marked, (_, name: string) => env[name] ?? '')
      : rendered
  }
}

function renderedOr(text: string, keys: Keys, render: Render) {
  try {
    return render(text, keys)
  } catch (thrown) {
    if (keys.includes('password')) return text
    throw thrown
  }
}
