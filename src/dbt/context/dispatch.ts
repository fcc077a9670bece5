import { raise, repr, str, typeName, type Value } from '../../jinja/index.ts'
import type { MacroFacts } from '../face.ts'
import type { MacroIndex } from '../parse/macro-index.ts'
import { raiseCompilation } from './exceptions.ts'

/** Where `adapter.dispatch` looks: packages in order, and in each the prefixes in theirs. */
export type Dispatching = {
  readonly macros: MacroIndex
  /** The package whose eyes names are seen with. */
  readonly packageName: string
  readonly rootName: string
  /** The adapter's own prefix first, then those that it stands on. */
  readonly prefixes: readonly string[]
  /** `dispatch:` of the project. */
  readonly orders: readonly { readonly namespace: string; readonly order: readonly string[] }[]
  readonly isPackage: (name: string) => boolean
}

export type Dispatched = { readonly name: Value; readonly namespace: Value; readonly packages: Value }

/** `adapter.dispatch(name, namespace)`: the implementation for this database. */
export function dispatcher(
  where: Dispatching,
  { name: wanted, namespace, packages }: Dispatched,
): MacroFacts {
  const name = str(wanted)
  const [first, ...rest] = name.split('.')
  if (rest.length > 0)
    raiseCompilation(
      `In adapter.dispatch, got a macro name of "${name}", but "." is not a valid macro name component. ` +
        `Did you mean \`adapter.dispatch("${rest.join('.')}", macro_namespace="${first}")\`?`,
    )
  if (packages !== null)
    raiseCompilation(`\`packages\` of adapter.dispatch is gone; name a macro_namespace for ${repr(name)}.`)
  const searched: string[] = []
  for (const packageName of searchPackages(where, namespace))
    for (const prefix of [...where.prefixes, 'default']) {
      const search = `${prefix}__${name}`
      const found = macroOf(where, packageName, search)
      if (found) return found
      searched.push(packageName === undefined ? search : `${packageName}.${search}`)
    }
  return raise(
    'CompilationError',
    `In dispatch: No macro named '${name}' found within namespace: ` +
      `'${namespace === null ? 'None' : str(namespace)}'\n` +
      `    Searched for: ${searched.map(each => repr(each)).join(', ')}`,
  )
}

function searchPackages(
  { orders, isPackage, rootName }: Dispatching,
  namespace: Value,
): readonly (string | undefined)[] {
  if (namespace === null) return [undefined]
  if (typeof namespace !== 'string')
    return raiseCompilation(
      `In adapter.dispatch, got a ${typeName(namespace)} macro_namespace argument ("${str(namespace)}"), ` +
        'but macro_namespace should be None or a string.',
    )
  const order = orders.find(each => each.namespace === namespace)?.order ?? []
  if (order.length > 0) return order
  return isPackage(namespace) ? [rootName, namespace] : [undefined]
}

function macroOf(
  { macros, packageName }: Dispatching,
  within: string | undefined,
  name: string,
): MacroFacts | undefined {
  if (within !== undefined) return macros.within(within, name)
  const visible = macros.visible(packageName, name)
  return visible instanceof Map ? undefined : (visible as MacroFacts | undefined)
}
