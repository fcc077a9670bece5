import {
  type Finding,
  type Found,
  type Node,
  type Rule,
  type Source,
  at,
  listUnder,
  nameOf,
  under,
} from './house.ts'

/**
 * The house numbers of architecture.md. A test file may be long and its tests may be, a shipped one may not.
 */
const numbers = {
  functionLines: 70,
  fileLines: 400,
  lineLength: 110,
  parameters: 3,
  nesting: 3,
  names: 15,
}

const functions = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/

const fileLength: Rule = {
  name: `files have at most ${numbers.fileLines} lines`,
  find: ({ sources }) =>
    sources
      .filter(source => !source.test && source.lines.length - 1 > numbers.fileLines && !isTable(source))
      .map(({ path, lines }) => ({ path, words: `${lines.length - 1} lines` })),
}

/** A table of data: nine tenths of its lines stand in literals bound to names of the module. */
function isTable({ nodes, lines, lineOf }: Source): boolean {
  const literals = nodes.filter(({ node, parent }) => {
    const bound = parent?.node.type === 'VariableDeclarator' && parent.parent?.parent?.parent
    return bound && /^(Program|ExportNamedDeclaration)$/.test(bound.node.type) && isLiteral(node)
  })
  const inside = literals.reduce((sum, { node }) => sum + lineOf(node.end) - lineOf(node.start) + 1, 0)
  return inside >= lines.length * 0.9
}

function isLiteral(node: Node): boolean {
  if (/^TS(As|Satisfies)Expression$/.test(node.type)) return isLiteral(under(node, 'expression') ?? node)
  return node.type === 'ObjectExpression' || node.type === 'ArrayExpression'
}

const lineLength: Rule = {
  name: `lines have at most ${numbers.lineLength} characters`,
  find: ({ sources }) => sources.filter(({ path }) => !path.includes('.generated.')).flatMap(longLines),
}

function longLines(source: Source): readonly Finding[] {
  const held = source.test ? heldText(source) : new Map<number, number>()
  return source.lines.flatMap((line, index) => {
    const length = [...line].length - (held.get(index + 1) ?? 0)
    return length <= numbers.lineLength
      ? []
      : [{ path: source.path, line: index + 1, words: 'too long a line' }]
  })
}

/**
 * Characters of text in literals, by line: what a test holds as data, or pins as words, is as wide as it is.
 */
function heldText({ nodes, text, lineOf }: Source): ReadonlyMap<number, number> {
  const held = new Map<number, number>()
  for (const { node } of nodes) {
    const isText =
      node.type === 'TemplateElement' || (node.type === 'Literal' && typeof node.value === 'string')
    const rows = isText ? text.slice(node.start, node.end).split('\n') : []
    const first = lineOf(node.start)
    for (const [index, row] of rows.entries())
      held.set(first + index, (held.get(first + index) ?? 0) + [...row].length)
  }
  return held
}

const functionLength: Rule = {
  name: `functions have at most ${numbers.functionLines} lines`,
  find: eachFunction(({ node }, source) => {
    const lines = source.lineOf(node.end) - source.lineOf(node.start) + 1
    return source.test || lines <= numbers.functionLines ? undefined : `a function of ${lines} lines`
  }),
}

const parameters: Rule = {
  name: `functions have at most ${numbers.parameters} parameters`,
  find: eachFunction(({ node }, source) => {
    // A row of a test table is told by as many names as it has cells.
    if (source.test) return undefined
    const count = listUnder(node, 'params').length
    return count <= numbers.parameters
      ? undefined
      : `${count} parameters; the rest belongs in one options object`
  }),
}

function eachFunction(judge: (found: Found, source: Source) => string | undefined): Rule['find'] {
  return ({ sources }) =>
    sources.flatMap(source =>
      source.nodes.flatMap(found => {
        const words = functions.test(found.node.type) ? judge(found, source) : undefined
        return words === undefined ? [] : [at(source, found.node, words)]
      }),
    )
}

const blocks = /^(If|For|ForIn|ForOf|While|DoWhile|Switch|Try)Statement$/

const nesting: Rule = {
  name: `blocks nest at most ${numbers.nesting} deep`,
  find: ({ sources }) =>
    sources.flatMap(source =>
      source.nodes
        .filter(
          found => blocks.test(found.node.type) && !isElseIf(found) && depthOf(found) === numbers.nesting + 1,
        )
        .map(({ node }) => at(source, node, `nested ${numbers.nesting + 1} deep`)),
    ),
}

function isElseIf({ node, parent }: Found): boolean {
  return node.type === 'IfStatement' && parent?.node.type === 'IfStatement' && parent.node.alternate === node
}

/** Blocks around and including this one, inside its function. */
function depthOf(found: Found): number {
  let depth = 0
  for (let up: Found | undefined = found; up && !functions.test(up.node.type); up = up.parent)
    if (blocks.test(up.node.type) && !isElseIf(up)) depth++
  return depth
}

const refused: { readonly [type: string]: string } = {
  TSAnyKeyword: '`any`',
  TSEnumDeclaration: 'an enum',
  Decorator: 'a decorator',
  TSModuleDeclaration: 'a namespace',
  ExportDefaultDeclaration: 'a default export',
  TSNonNullExpression: 'a `!` that hides undefined',
}

const forms: Rule = {
  name: 'no any, enum, decorator, namespace, default export or `!`',
  find: ({ sources }) =>
    sources.flatMap(source =>
      source.nodes.flatMap(({ node }) => {
        const words = isWanted(node, source) ? undefined : refused[node.type]
        return words === undefined ? [] : [at(source, node, words)]
      }),
    ),
}

/**
 * Configurations and assets are read by their default export; `declare module 'x'` types somebody else's
 * module.
 */
function isWanted(node: Node, { path }: Source): boolean {
  if (node.type === 'ExportDefaultDeclaration') return /\.config\.ts$|\/assets\/|\.d\.ts$/.test(path)
  return node.type === 'TSModuleDeclaration' && under(node, 'id')?.type === 'Literal'
}

const face: Rule = {
  name: `sluice exports at most ${numbers.names} names`,
  find: ({ sources }) =>
    sources
      .filter(({ path }) => path === 'src/index.ts')
      .flatMap(source => {
        const exported = source.nodes.filter(({ node }) => /^Export.*Declaration$/.test(node.type))
        if (exported.some(({ node }) => node.type === 'ExportAllDeclaration'))
          return [{ path: source.path, words: '`export *`: nobody can see what is exported' }]
        const names = exported.flatMap(({ node }) => namesExported(node))
        return names.length <= numbers.names ? [] : [{ path: source.path, words: `${names.length} names` }]
      }),
}

/** Values; a type costs a reader nothing until it is looked up. */
function namesExported(node: Node): readonly string[] {
  if (node.exportKind === 'type') return []
  const specifiers = listUnder(node, 'specifiers').filter(({ exportKind }) => exportKind !== 'type')
  const declaration = under(node, 'declaration')
  const declared = declaration ? [declaration, ...listUnder(declaration, 'declarations')] : []
  return [
    ...specifiers.map(specifier => nameOf(under(specifier, 'exported'))),
    ...declared.map(each => nameOf(under(each, 'id'))),
  ].flatMap(name => (name === undefined ? [] : [name]))
}

export const numberRules: readonly Rule[] = [
  fileLength,
  lineLength,
  functionLength,
  parameters,
  nesting,
  forms,
  face,
]
