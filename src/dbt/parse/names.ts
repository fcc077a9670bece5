import { CALL, HOST, type Host, str, type Value } from '../../jinja/index.ts'
import { failure } from '../../errors/index.ts'
import { hostType } from '../context/host.ts'
import { valueOf } from '../context/json.ts'
import type { Resource } from '../face.ts'
import { memo2 } from './memo.ts'
import type { Parsing, Templates } from './parsing.ts'
import { type Contexts, noNode } from './contexts.ts'

/**
 * `generate_schema_name` and its like: a package's own for its nodes, else the project's, else the built-in
 * one.
 */
export function namer(parsing: () => Parsing, { current, ofPackage }: Contexts): Templates['name'] {
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
    return ofPackage(macro.package_name).bound(macro)
  })
  return (part, node, custom) => {
    const macro = macroFor(part, node.package_name ?? '')
    const before = current.node
    // What such a macro calls is no dependency of the node.
    current.node = noNode
    try {
      const made = macro[CALL]([custom, new NodeValue(node)]) as Value
      return made === null ? null : str(made).trim()
    } finally {
      current.node = before
    }
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
  attribute: ({ node }: NodeValue, name: string): Value | undefined => {
    if (Object.hasOwn(node, name)) return valueOf(node[name])
    return name === 'identifier' ? valueOf(node.alias) : undefined
  },
}
