import { type Callable, CALL, type Language, type Scope, str, type Value } from '../../jinja/index.ts'
import { failure } from '../../errors/index.ts'
import { raiseCompilation } from '../context/exceptions.ts'
import { hostType } from '../context/host.ts'
import { valueOf } from '../context/json.ts'
import { type Context, createContext } from '../context/scope.ts'
import { VarValue } from '../context/var.ts'
import { HOST, type Host } from '../../jinja/index.ts'
import type { MacroFacts, Node, Resource, UniqueId } from '../face.ts'
import { type MacroCode, macroCode } from '../macros/code.ts'
import { mergedCalls } from '../project/config.ts'
import { mapTree } from '../project/tree.ts'
import { varsFor } from '../project/vars.ts'
import type { Languages } from '../language.ts'
import type { YamlObject } from '../yaml.ts'
import { baseMembers, modelMembers, readers, type World } from './context.ts'
import type { Dispatching } from '../context/dispatch.ts'
import type { AdapterFacts } from '../context/adapter.ts'
import type { CaptureOptions, Parsing, Templates } from './parsing.ts'
import { packageOf } from './parsing.ts'
import { fromValue } from './values.ts'

export type TemplateParts = {
  readonly languages: Languages
  readonly world: World
  readonly adapterFacts: AdapterFacts
  readonly dispatching: Omit<Dispatching, 'macros' | 'packageName'>
}

/** How templates are rendered while a project is parsed. */
export function parseTemplates(parsing: () => Parsing, parts: TemplateParts): Templates {
  const { parsing: text, yaml, argumentsParsing } = parts.languages
  const code = macroCode(text)
  const base = baseMembers(parts.world)
  const varsOf = memo((name: string) => varsFor(packageOf(parsing(), name), parsing().root, parsing().cli))
  const quote = (): { database: boolean; schema: boolean; identifier: boolean } => ({
    database: parsing().root.quoting.database ?? true,
    schema: parsing().root.quoting.schema ?? true,
    identifier: parsing().root.quoting.identifier ?? true,
  })

  const contextOf = (
    node: Node,
    packageName: string,
    more: { code: MacroCode; test?: UniqueId | undefined },
  ): Context => {
    const { macros, calls } = parsing()
    const add = (call: YamlObject): void => void calls.set(node, mergedCalls(calls.get(node) ?? {}, call))
    const seen = more.test === undefined ? macros : closureIndex(macros, more.test)
    const render = (text: string, context: Context): string =>
      code.template(text, { name: node.original_file_path }).render(context)
    const vars = new VarValue({
      vars: varsOf(packageName),
      missing: () => null,
      render: raw => render(raw, context),
    })
    const members = modelMembers({
      world: parts.world,
      base,
      node,
      captures: { add },
      vars,
      dispatching: { ...parts.dispatching, macros, packageName },
      adapterType: parsing().profile.type,
      adapterFacts: parts.adapterFacts,
      quote: quote(),
      render,
    })
    const context: Context = createContext({ macros: seen, code: more.code, packageName, members })
    return context
  }

  const capture = (node: Node, written: string, options: CaptureOptions = {}): void => {
    if (!written.includes('{')) return
    const source = { name: node.original_file_path }
    if (options.only !== undefined) {
      const names = new Map<string, Value>(readers(node, () => ''))
      const scope: Scope = {
        get: name => (options.only?.includes(name as never) ? names.get(name) : undefined),
      }
      code.template(written, source).render(scope)
      return
    }
    const context = contextOf(node, node.package_name, {
      code: tracked(code, node),
      test: options.test?.macro,
    })
    if (options.test !== undefined)
      setArguments(argumentsParsing, context, { node, written: options.test.arguments })
    code.template(written, source).render(context)
  }

  const propertyScope = memo2((packageName, path): Scope => {
    // A variable's text is not rendered again here.
    const vars = new VarValue({
      vars: varsOf(packageName),
      missing: name => missingVar(name, path),
      render: raw => raw,
    })
    const members = new Map<string, () => Value>([
      ...base.map(([name, member]) => [name, () => member(undefined as never)] as const),
      ['var', () => vars],
      ['project_name', () => parsing().root.name],
    ])
    return { get: name => members.get(name)?.() }
  })

  return {
    properties: memo2((packageName, path) => {
      const scope = propertyScope(packageName, path)
      return written => fromValue(yaml.compile(written, { name: path }).native(scope))
    }),
    capture,
    name: namer(parsing, { code, contextOf }),
    describe: describer(parsing, { code, propertyScope }),
  }
}

function missingVar(name: string, path: string): never {
  throw failure('SLUICE_DBT_VAR_MISSING', { name, path })
}

function memo<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>()
  return key => {
    const made = known.get(key) ?? make(key)
    known.set(key, made)
    return made
  }
}

function memo2<T>(make: (a: string, b: string) => T): (a: string, b: string) => T {
  const known = memo((a: string) => memo((b: string) => make(a, b)))
  return (a, b) => known(a)(b)
}

/** Macros that the code itself calls are put down at the node; what these call in turn is theirs. */
function tracked(code: MacroCode, node: Node): MacroCode {
  let depth = 0
  return {
    ...code,
    bind: (macro, scope) => {
      const called = code.bind(macro, scope)
      const run: Callable[typeof CALL] = (positional, named) => {
        const { macros } = node.depends_on
        if (depth === 0 && !macros.includes(macro.unique_id)) macros.push(macro.unique_id)
        depth += 1
        try {
          return called[CALL](positional, named)
        } finally {
          depth -= 1
        }
      }
      return { ...called, name: called.name, [CALL]: run }
    },
  }
}

const looksLikeCall = /^\s*(?:env_var|ref|var|source|doc)\s*\([^]+\)\s*$/

/** A generic test finds its arguments in a name of their own, each rendered as the expression that it is. */
function setArguments(
  language: Language,
  context: Context,
  { node, written }: { readonly node: Node; readonly written: YamlObject },
): void {
  const rendered = mapTree(written, (value, keys) => {
    if (typeof value !== 'string' || (keys.length === 1 && keys[0] === 'column_name')) return value
    const text = looksLikeCall.test(value) ? `{{ ${value} }}` : value
    if (!text.includes('{')) return text
    return fromValue(language.compile(text, { name: node.original_file_path }).native(context))
  })
  context.set('_dbt_generic_test_kwargs', valueOf(rendered))
}

/** A test sees only the macros that its own one calls, by dbt's reckoning, and those that these call. */
function closureIndex(macros: Parsing['macros'], test: UniqueId): Parsing['macros'] {
  const names = new Map<string, MacroFacts>()
  const packages = new Map<string, Map<string, MacroFacts>>()
  const where = macros.within(undefined, 'get_where_subquery')
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
  if (where !== undefined) enter(where.unique_id)
  enter(test)
  return { ...macros, visible: (_, name) => packages.get(name) ?? names.get(name) }
}

type ContextOf = (node: Node, packageName: string, more: { code: MacroCode }) => Context

/** `generate_schema_name` and its like: a package's own for its nodes, else the project's, else the built-in. */
function namer(
  parsing: () => Parsing,
  { code, contextOf }: { code: MacroCode; contextOf: ContextOf },
): Templates['name'] {
  const none = {
    resource_type: 'operation',
    package_name: '',
    original_file_path: 'dbt_project.yml',
    refs: [],
    sources: [],
  }
  const macroFor = memo2((part, packageName) => {
    const { macros, root, builtins, packages } = parsing()
    const name = `generate_${part}_name`
    const isInstalled =
      packageName !== root.name && !builtins.includes(packageName) && packages.has(packageName)
    const macro =
      (isInstalled ? macros.within(packageName, name) : undefined) ??
      macros.within(root.name, name) ??
      macros.within('dbt', name)
    if (macro === undefined) throw failure('SLUICE_DBT_MACRO_MISSING', { name })
    const context = contextOf(none as unknown as Node, macro.package_name, { code })
    return context.bound(macro)
  })
  return (part, node, custom) => {
    const made = macroFor(part, node.package_name ?? '')[CALL]([custom, new NodeValue(node)]) as Value
    return made === null ? null : str(made).trim()
  }
}

/** A resource as an object: `node.name`, `node.config.materialized`. */
class NodeValue implements Host {
  readonly [HOST] = nodeHost
  readonly node: Resource
  constructor(node: Resource) {
    this.node = node
  }
}

const nodeHost = {
  ...hostType<NodeValue>('ModelNode', {}),
  attribute: ({ node }: NodeValue, name: string): Value | undefined =>
    Object.hasOwn(node, name) ? valueOf(node[name]) : name === 'identifier' ? valueOf(node.alias) : undefined,
}

type Describing = {
  readonly code: MacroCode
  readonly propertyScope: (packageName: string, path: string) => Scope
}

/** Descriptions know `doc()`, and what properties know. */
function describer(parsing: () => Parsing, { code, propertyScope }: Describing): Templates['describe'] {
  return (text, owner) => {
    if (!text.includes('{')) return { text, blocks: [] }
    const blocks: UniqueId[] = []
    const doc: Callable = {
      name: 'doc',
      [CALL]: positional => {
        const [first = null, second] = positional
        const found = docNamed(parsing(), owner, {
          name: str(second ?? first),
          packageName: second === undefined ? undefined : str(first),
        })
        if (found === undefined)
          return raiseCompilation(`There is no block of documentation \`${str(second ?? first)}\`.`)
        blocks.push(found.unique_id)
        return found.block_contents
      },
    }
    const outer = propertyScope(owner.package_name, owner.original_file_path)
    const scope: Scope = { get: name => (name === 'doc' ? doc : outer.get(name)) }
    return { text: code.template(text, { name: owner.original_file_path }).render(scope), blocks }
  }
}

type DocWanted = { readonly name: string; readonly packageName: string | undefined }

function docNamed(
  { manifest, root }: Parsing,
  owner: Resource | MacroFacts,
  { name, packageName }: DocWanted,
) {
  const within = (each: string) => manifest.docs.get(`doc.${each}.${name}`)
  if (packageName !== undefined) return within(packageName)
  const known = within(root.name) ?? within(owner.package_name)
  return known ?? [...manifest.docs.values()].find(each => each.name === name)
}
