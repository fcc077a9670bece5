import { type Finding, type Found, type Node, type Rule, type Source, at, nameOf, under } from './house.ts'

const isSource = (source: Source) => source.path.startsWith('src/') && !source.test

/** A module holds no state: what changes lives in a handle that somebody made. */
const state: Rule = {
  name: 'no module holds state',
  find: ({ sources }) =>
    sources.filter(isSource).flatMap(source => source.nodes.flatMap(each => held(each, source))),
}

function held({ node, parent }: Found, source: Source): readonly Finding[] {
  if (node.type !== 'VariableDeclaration' || !isTop(parent)) return []
  if (node.kind !== 'const') return [at(source, node, `\`${String(node.kind)}\` at the top of a module`)]
  const declared = source.nodes.filter(each => each.parent?.node === node)
  return declared.flatMap(({ node: declarator }) => {
    const name = nameOf(under(declarator, 'id'))
    const made = nameOf(under(under(declarator, 'init'), 'callee')) ?? ''
    if (/^Weak(Map|Set|Ref)$/.test(made)) return [at(source, node, `\`${name}\` can only be filled later`)]
    const changed = name === undefined ? undefined : source.nodes.find(each => changes(each.node, name))
    return changed ? [at(source, changed.node, `changes \`${name}\`, which belongs to the module`)] : []
  })
}

const changers = /^(set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill)$/

function changes(node: Node, name: string): boolean {
  // A sticky expression is told where to begin before each use: nothing is kept from one use to the next.
  if (nameOf(under(under(node, 'left'), 'property')) === 'lastIndex') return false
  if (node.type === 'AssignmentExpression' || node.type === 'UpdateExpression')
    return holderOf(under(node, 'left') ?? under(node, 'argument')) === name
  if (node.type === 'UnaryExpression' && node.operator === 'delete')
    return holderOf(under(node, 'argument')) === name
  const callee = node.type === 'CallExpression' ? under(node, 'callee') : undefined
  return changers.test(nameOf(under(callee, 'property')) ?? '') && holderOf(callee) === name
}

/** `a` of `a.b[c]`. */
function holderOf(node: Node | undefined): string | undefined {
  if (node?.type !== 'MemberExpression') return undefined
  const object = under(node, 'object')
  return object?.type === 'MemberExpression' ? holderOf(object) : nameOf(object)
}

function isTop(parent: Found | undefined): boolean {
  return parent?.node.type === 'Program' || parent?.node.type === 'ExportNamedDeclaration'
}

/** Importing any module does nothing. */
const still: Rule = {
  name: 'importing a module does nothing',
  find: ({ sources }) =>
    sources
      .filter(isSource)
      .flatMap(source => [
        ...source.imports
          .filter(({ bare }) => bare)
          .map(each => at(source, each, 'imported for its side effect')),
        ...source.nodes
          .filter(({ node, parent }) => parent?.node.type === 'Program' && acts.test(node.type))
          .map(({ node }) => at(source, node, 'is done on import')),
      ]),
}

const acts = /^(Expression|If|For|ForOf|ForIn|While|DoWhile|Try|Switch|Block|Throw)Statement$/

const quiet: Rule = {
  name: 'only the command line prints',
  find: ({ sources }) =>
    sources
      .filter(source => isSource(source) && !source.path.startsWith('src/cli/'))
      .flatMap(source =>
        source.nodes
          .filter(
            ({ node }) => node.type === 'MemberExpression' && nameOf(under(node, 'object')) === 'console',
          )
          .map(({ node }) => at(source, node, 'prints')),
      ),
}

export const stateRules: readonly Rule[] = [state, still, quiet]
