import type { Expression } from '../tree.ts'
import { type Node, walk } from '../walk.ts'

/**
 * An expression without names and calls. jinja2 works it out while it compiles, and its native mode then
 * holds it as text: `{{ 1 }}` alone is `'1'` until it is read as a literal again.
 */
export function isConstant(node: Expression): boolean {
  let isPlain = true
  walk([node], (each: Node) => {
    if (each.kind === 'name' || each.kind === 'call') isPlain = false
    return isPlain
  })
  return isPlain
}
