import { parseSync, visitorKeys } from 'oxc-parser'
import type { Room } from './table.ts'

/** The repository as the rules see it: plain values, so that a rule can be shown a bad sample. */
export type House = {
  readonly rooms: readonly Room[]
  readonly sources: readonly Source[]
  /** Every text file, code or not. */
  readonly texts: readonly Text[]
  readonly lock: Lock
  /** Names of the catalogue's failures. */
  readonly codes: readonly string[]
}

export type Text = { readonly path: string; readonly text: string }

export type Lock = {
  readonly packages: {
    readonly [path: string]: {
      readonly resolved?: string
      readonly link?: boolean
      readonly hasInstallScript?: boolean
      readonly dependencies?: { readonly [name: string]: string }
      readonly optionalDependencies?: { readonly [name: string]: string }
    }
  }
}

/** One file of code, parsed. `test` files may break what only shipped code must keep. */
export type Source = Text & {
  readonly test: boolean
  readonly lines: readonly string[]
  readonly nodes: readonly Found[]
  readonly imports: readonly Import[]
  lineOf(offset: number): number
}

export type Node = { readonly type: string; readonly start: number; readonly end: number } & {
  readonly [key: string]: unknown
}
/** A node with all that it stands in, innermost last. */
export type Found = { readonly node: Node; readonly parent: Found | undefined }

export type Import = {
  /** As written; undefined: `import()` of something computed. */
  readonly from: string | undefined
  readonly lazy: boolean
  /** It binds nothing: imported for what it does. */
  readonly bare: boolean
  readonly start: number
}

export type Finding = { readonly path: string; readonly line?: number; readonly words: string }

export type Rule = { readonly name: string; find(house: House): readonly Finding[] }

/** Parse one file of code. */
export function read(path: string, text: string): Source {
  const { program, module, errors } = parseSync(path, text)
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0]?.message}`)
  const nodes: Found[] = []
  collect(program as unknown as Node, undefined, nodes)
  const lines = text.split('\n')
  const starts = startsOf(lines)
  return {
    path,
    text,
    test: isTest(path),
    lines,
    nodes,
    imports: importsOf(nodes, text, new Set(module.staticImports.map(({ start }) => start))),
    lineOf: offset => lineAt(starts, offset),
  }
}

/** Tests, what they stand on, and code that is not of the package. */
function isTest(path: string): boolean {
  return /\.(test|bench|test-d)\.ts$|(^|\/)(test|bench)\/|\/conform\.ts$/.test(path)
}

function collect(node: Node, parent: Found | undefined, into: Found[]): void {
  const found = { node, parent }
  into.push(found)
  for (const key of visitorKeys[node.type] ?? []) {
    for (const child of [node[key]].flat()) if (isNode(child)) collect(child, found, into)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'type' in value
}

/** The node under a key; undefined where there is none. */
export function under(node: Node | undefined, key: string): Node | undefined {
  const child = node?.[key]
  return isNode(child) ? child : undefined
}

export function listUnder(node: Node | undefined, key: string): readonly Node[] {
  const child = node?.[key]
  return Array.isArray(child) ? child.filter(isNode) : []
}

/** The name of an identifier, or the text of a literal. */
export function nameOf(node: Node | undefined): string | undefined {
  if (node?.type === 'Identifier' && typeof node.name === 'string') return node.name
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

/** `Date.now` of `Date.now`, for members of plain names. */
export function memberOf(node: Node): string | undefined {
  if (node.type !== 'MemberExpression' || node.computed === true) return undefined
  const object = nameOf(under(node, 'object'))
  const property = nameOf(under(node, 'property'))
  return object !== undefined && property !== undefined ? `${object}.${property}` : undefined
}

function importsOf(nodes: readonly Found[], text: string, statics: ReadonlySet<number>): readonly Import[] {
  const imports: Import[] = []
  for (const { node } of nodes) {
    const source = under(node, 'source')
    const from = source?.type === 'Literal' ? nameOf(source) : undefined
    if (node.type === 'ImportExpression' || node.type === 'TSImportType')
      imports.push({ from, lazy: node.type === 'ImportExpression', bare: false, start: node.start })
    else if (from !== undefined && /^(Import|ExportNamed|ExportAll)Declaration$/.test(node.type))
      imports.push({ from, lazy: false, bare: isBare(node, text), start: node.start })
  }
  const seen = imports.filter(({ start }) => statics.has(start)).length
  if (seen !== statics.size) throw new SyntaxError('an import was overlooked')
  return imports
}

function isBare(node: Node, text: string): boolean {
  return node.type === 'ImportDeclaration' && /^import\s*['"]/.test(text.slice(node.start, node.start + 20))
}

function startsOf(lines: readonly string[]): readonly number[] {
  let at = 0
  return lines.map(line => {
    const start = at
    at += line.length + 1
    return start
  })
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low + 1
}

/** A finding at a node. */
export function at(source: Source, node: { readonly start: number }, words: string): Finding {
  return { path: source.path, line: source.lineOf(node.start), words }
}
