import { rendered } from '../adapter/relation.ts'
import { raise } from '../../jinja/index.ts'
import type { Node } from '../face.ts'
import { referenceIn } from '../parse/reference.ts'
import { relationOf, sourceRelation } from './references.ts'
import type { World } from './world.ts'

type Constraint = { readonly type?: unknown; readonly to?: unknown }

/** All constraints of a node, on itself and on its columns. */
function constraintsOf({ constraints = [], columns }: Node): readonly Constraint[] {
  return [constraints, ...Object.values(columns).map(column => column.constraints)]
    .flat()
    .filter(each => typeof each === 'object' && each !== null)
}

export function hasForeignKey(node: Node): boolean {
  return constraintsOf(node).some(({ type }) => type === 'foreign_key')
}

/** The node with `to: ref('customers')` of its foreign keys put as the relation that is meant. */
export function withForeignKeys(world: World, node: Node): Node {
  if (!hasForeignKey(node)) return node
  const pointed = <T>(constraint: T): T => {
    const { type, to } = constraint as Constraint
    const isOpen = type === 'foreign_key' && typeof to === 'string' && /^\s*(?:ref|source)\s*\(/.test(to)
    return isOpen ? { ...constraint, to: targetOf(world, node, to) } : constraint
  }
  const columns = Object.fromEntries(
    Object.entries(node.columns).map(([name, column]) => [
      name,
      { ...column, constraints: column.constraints.map(pointed) },
    ]),
  )
  const constraints = Array.isArray(node.constraints) ? node.constraints.map(pointed) : node.constraints
  return { ...node, columns, constraints }
}

function targetOf({ lookups, root }: World, node: Node, to: string): string {
  const reference = referenceIn(to, node.original_file_path)
  if ('ref' in reference) {
    const { name, package: of, version } = reference.ref
    const found = lookups.refable(name, of ?? undefined, version)
    if (found) return rendered(relationOf(found, root.quoting))
  } else {
    const found = lookups.source(reference.source[0], reference.source[1], undefined)
    if (found) return rendered(sourceRelation(found))
  }
  return raise('CompilationError', `A foreign key of ${node.name} points to ${to}, which is not there.`)
}
