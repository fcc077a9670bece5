import { failure } from '../../errors/index.ts'
import type { Ref } from '../face.ts'

/** What `ref(…)` or `source(…)` names where only literals may stand. */
export type Reference = { readonly ref: Ref } | { readonly source: [source: string, table: string] }

const text = /(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/.source
const call = /^\s*(ref|source)\s*\(([^]*)\)\s*$/
const argument = new RegExp(`^\\s*(?:(version|v|package)\\s*=\\s*)?(?:${text}|(\\d+(?:\\.\\d+)?))\\s*(?:,|$)`)

/** Read an expression such as `ref('package', 'model', version=2)` without running anything. */
export function referenceIn(expression: string, path: string): Reference {
  const refused = failure(
    'SLUICE_DBT_REFERENCE',
    { expression },
    { at: { file: path, line: 1, column: 1, length: 1 } },
  )
  const [, called, inside = ''] = call.exec(expression) ?? []
  if (called === undefined) throw refused
  const texts: string[] = []
  let version: Ref['version'] = null
  for (let rest = inside; rest.trim() !== ''; ) {
    const found = argument.exec(rest)
    if (found === null) throw refused
    const [whole, name, single, double, digits] = found
    const value = single ?? double
    if (name !== undefined) version = value ?? Number(digits)
    else if (value !== undefined) texts.push(value)
    else throw refused
    rest = rest.slice(whole.length)
  }
  const [first, second, more] = texts
  if (first === undefined || more !== undefined) throw refused
  if (called === 'source') {
    if (second === undefined) throw refused
    return { source: [first, second] }
  }
  return {
    ref:
      second === undefined
        ? { name: first, package: null, version }
        : { name: second, package: first, version },
  }
}
