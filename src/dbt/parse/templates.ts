import { CALL, type Callable, type Value } from '../../jinja/index.ts'
import { failure } from '../../errors/index.ts'
import type { AdapterFacts } from '../context/adapter.ts'
import type { Dispatching } from '../context/dispatch.ts'
import { type Context, createContext } from '../context/scope.ts'
import { VarValue } from '../context/var.ts'
import type { MacroFacts, UniqueId } from '../face.ts'
import type { Languages } from '../language.ts'
import { type MacroCode, macroCode } from '../macros/code.ts'
import { mergedCalls } from '../project/config.ts'
import { varsFor } from '../project/vars.ts'
import { capturer } from './capture.ts'
import { type Contexts, noNode } from './contexts.ts'
import { baseMembers, changing, type Current, modelMembers, type World } from './context.ts'
import { describer } from './describe.ts'
import { isTemplate } from './is-template.ts'
import { memo, memo2 } from './memo.ts'
import { namer } from './names.ts'
import { packageOf, type Parsing, type Templates } from './parsing.ts'
import { fromValue } from './values.ts'

export type TemplateParts = {
  readonly languages: Languages
  readonly world: World
  readonly adapterFacts: AdapterFacts
  readonly dispatching: Omit<Dispatching, 'macros' | 'packageName'>
}

/** How templates are rendered while a project is parsed. */
export function parseTemplates(parsing: () => Parsing, parts: TemplateParts): Templates {
  const { yaml } = parts.languages
  const contexts = contextsOf(parsing, parts)
  return {
    properties: memo2((packageName, path) => {
      const scope = contexts.ofProperties(packageName, path)
      const rendered = memo(text => fromValue(yaml.compile(text, { name: path }).native(scope)))
      return text => rendered(text)
    }),
    capture: capturer(parsing, { contexts, languages: parts.languages }),
    name: namer(parsing, contexts),
    plain: (text, path) =>
      isTemplate(text) ? contexts.code.template(text, { name: path }).render(new Map()) : text,
    describe: describer(parsing, contexts),
  }
}

function contextsOf(parsing: () => Parsing, parts: TemplateParts): Contexts {
  const base = baseMembers(parts.world)
  const current = currentOf(parsing)
  const code = macroCode(parts.languages.parsing)
  const varsOf = memo((name: string) => varsFor(packageOf(parsing(), name), parsing().root, parsing().cli))
  const contextOf = (packageName: string, seen: Parsing['macros']): Context => {
    const { macros, root, profile } = parsing()
    const { database = true, schema = true, identifier = true } = root.quoting
    const render = (text: string, context: Context): string =>
      code.template(text, { name: current.node.original_file_path }).render(context)
    const vars = new VarValue({
      vars: varsOf(packageName),
      missing: () => null,
      render: raw => render(raw, macrosSee),
    })
    const members = modelMembers({
      world: parts.world,
      base,
      current,
      vars,
      dispatching: { ...parts.dispatching, macros, packageName },
      adapterType: profile.type,
      adapterFacts: parts.adapterFacts,
      quote: { database, schema, identifier },
      render,
    })
    const shared = { macros: seen, packageName, members, changing }
    const macrosSee: Context = createContext({ ...shared, code })
    return createContext({ ...shared, code: noting(code, macrosSee, current) })
  }
  return {
    code,
    current,
    ofPackage: memo(name => contextOf(name, parsing().macros)),
    ofTest: memo2((name, macro) => contextOf(name, closure(parsing().macros, macro))),
    ofProperties: memo2((packageName, path) => {
      // A variable's text is not rendered again here.
      const missing = (name: string): never => missingVar(name, path)
      const vars = new VarValue({ vars: varsOf(packageName), missing, render: raw => raw })
      const members = new Map<string, () => Value>([
        ...base.map(([name, member]) => [name, () => member(undefined as never)] as const),
        ['var', () => vars],
        ['project_name', () => parsing().root.name],
      ])
      return { get: name => members.get(name)?.() }
    }),
  }
}

function missingVar(name: string, path: string): never {
  throw failure('SLUICE_DBT_VAR_MISSING', { name, path })
}

function currentOf(parsing: () => Parsing): Current {
  const current: Current = {
    node: noNode,
    onCall: undefined,
    addCall: (node, call) => {
      const { calls } = parsing()
      current.onCall?.(call)
      calls.set(node, mergedCalls(calls.get(node) ?? {}, call))
    },
  }
  return current
}

/**
 * Macros that a node's own code calls are put down at the node. What these call in turn is theirs: they see
 * a context of their own, in which nothing is noted.
 */
function noting(code: MacroCode, macrosSee: Context, current: Current): MacroCode {
  let depth = 0
  return {
    ...code,
    bind: macro => {
      const inner = macrosSee.bound(macro)
      const call: Callable[typeof CALL] = (positional, named) => {
        const { macros } = current.node.depends_on
        if (depth === 0 && !macros.includes(macro.unique_id)) macros.push(macro.unique_id)
        depth += 1
        try {
          return inner[CALL](positional, named)
        } finally {
          depth -= 1
        }
      }
      return { name: inner.name, ...(inner.type !== undefined && { type: inner.type }), [CALL]: call }
    },
  }
}

/** The macros that a test's own one calls, and those that these call. */
function closure(macros: Parsing['macros'], test: UniqueId): Parsing['macros'] {
  const names = new Map<string, MacroFacts>()
  const packages = new Map<string, Map<string, MacroFacts>>()
  const seen = new Set<UniqueId>()
  const enter = (id: UniqueId): void => {
    const macro = macros.byId.get(id)
    if (macro === undefined || seen.has(id)) return
    seen.add(id)
    names.set(macro.name, macro)
    const named = packages.get(macro.package_name) ?? new Map<string, MacroFacts>()
    packages.set(macro.package_name, named.set(macro.name, macro))
    for (const called of macro.depends_on.macros) enter(called)
  }
  // Every generic test has its model through this one.
  const where = macros.within(undefined, 'get_where_subquery')
  if (where !== undefined) enter(where.unique_id)
  enter(test)
  return { ...macros, visible: (_, name) => packages.get(name) ?? names.get(name) }
}
