import { type Language, walk } from '../../jinja/index.ts'
import { dispatcher, type Dispatching } from '../context/dispatch.ts'
import type { MacroFacts, UniqueId } from '../face.ts'
import type { MacroIndex } from './macro-index.ts'

type Call = {
  readonly of: Expression
  readonly with: { readonly positional: readonly Expression[]; readonly named: readonly Named[] }
}
type Named = { readonly name: string; readonly value: Expression }
type Expression = { readonly kind: string; readonly [field: string]: unknown }

/** Calls that are no macro's, whatever they are called. */
const standard = new Set(['source', 'ref', 'config'])

export type Depends = {
  readonly language: Language
  readonly macros: MacroIndex
  readonly dispatching: Omit<Dispatching, 'macros' | 'packageName'>
  /** Names that a macro's context has beside macros. */
  readonly isMember: (name: string) => boolean
  /** What was found before, where no macro has changed since. */
  readonly before: ReadonlyMap<UniqueId, readonly UniqueId[]>
}

/** Put down which macros each macro calls, as far as its text tells: dbt's own way, by names alone. */
export function macroDependencies(macros: Iterable<MacroFacts>, depends: Depends): void {
  for (const macro of macros) {
    const known = depends.before.get(macro.unique_id)
    if (known !== undefined) {
      macro.depends_on.macros.push(...known)
      continue
    }
    for (const called of callsOf(macro, depends)) {
      if (called === macro.name) continue
      const [first = '', second] = called.split('.')
      const found =
        second === undefined
          ? depends.macros.resolve(macro.package_name, first)
          : depends.macros.resolve(first, second)
      const ids = macro.depends_on.macros
      if (found !== undefined && !ids.includes(found.unique_id)) ids.push(found.unique_id)
    }
  }
}

/** Put down the parameters of macros: a project may want its properties to name them rightly. */
export function nameArguments(macros: Iterable<MacroFacts>, language: Language): void {
  for (const macro of macros) {
    const isMaterialization = macro.supported_languages !== null
    const [head] = language.compile(macro.macro_sql, { name: macro.original_file_path }).macros
    const names = isMaterialization
      ? ['supported_languages']
      : (head?.parameters ?? []).map(({ name }) => name)
    macro.arguments = names.map(name => ({ name, type: null, description: '' }))
  }
}

/** `name`, or `package.name`, of everything that is called. */
function callsOf(macro: MacroFacts, depends: Depends): readonly string[] {
  const { original_file_path: name, line } = macro
  const { tree } = depends.language.compile(macro.macro_sql, {
    name,
    line: typeof line === 'number' ? line : 1,
  })
  const found: string[] = []
  walk(tree, node => {
    if (node.kind !== 'call') return
    const call = node as unknown as Call
    const called = calledName(call.of)
    if (called === 'adapter.dispatch') found.push(...dispatched(call, depends))
    else if (called === undefined || called.startsWith('adapter.')) return
    else if (!standard.has(called) && !depends.isMember(called) && !found.includes(called)) found.push(called)
  })
  return found
}

function calledName(of: Expression): string | undefined {
  if (of.kind === 'name') return String(of.name)
  const inner = of.of as Expression | undefined
  if (of.kind === 'attribute' && inner?.kind === 'name') return `${String(inner.name)}.${String(of.name)}`
  return undefined
}

/** What `adapter.dispatch('name', 'namespace')` finds for this database. */
function dispatched(call: Call, { macros, dispatching }: Depends): readonly string[] {
  const { positional, named } = call.with
  const of = (place: number, name: string): unknown => {
    const written = positional[place] ?? named.find(each => each.name === name)?.value
    return written?.kind === 'constant' ? written.value : undefined
  }
  const name = of(0, 'macro_name')
  if (typeof name !== 'string') return []
  const namespace = of(1, 'macro_namespace')
  const everywhere: MacroIndex = { ...macros, visible: (_, each) => macros.within(undefined, each) }
  const where: Dispatching = { ...dispatching, macros: everywhere, packageName: dispatching.rootName }
  const found = dispatcher(where, {
    name,
    namespace: typeof namespace === 'string' ? namespace : null,
    packages: null,
  })
  return [name, `${found.package_name}.${found.name}`]
}
