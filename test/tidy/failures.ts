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

const isSource = (source: Source) => source.path.startsWith('src/') && !source.test

/** All that is thrown comes from the catalogue; what was caught may be thrown on. */
const thrown: Rule = {
  name: 'only failures of the catalogue are thrown',
  find: ({ sources }) =>
    sources.filter(isSource).flatMap(source => source.nodes.flatMap(each => wrong(each, source))),
}

const errors = /^([A-Z]\w*)?Error$|^DOMException$/

function wrong({ node }: Found, source: Source): readonly Finding[] {
  const made = nameOf(under(node, 'callee'))
  if (/^(New|Call)Expression$/.test(node.type) && made !== undefined && errors.test(made))
    return [at(source, node, `\`${made}\`: failure(CODE, …) instead`)]
  const base = nameOf(under(node, 'superClass'))
  if (base !== undefined && errors.test(base) && source.path !== 'src/errors/failure.ts')
    return [at(source, node, `a class of its own that extends ${base}`)]
  const value = node.type === 'ThrowStatement' ? under(node, 'argument') : undefined
  return value && !throwable(value) ? [at(source, node, 'throws what is not a failure')] : []
}

function throwable(value: Node): boolean {
  if (value.type === 'NewExpression') return /^Failures?$/.test(nameOf(under(value, 'callee')) ?? '')
  if (value.type === 'ConditionalExpression')
    return [under(value, 'consequent'), under(value, 'alternate')].every(
      side => side !== undefined && throwable(side),
    )
  return /^(CallExpression|AwaitExpression|Identifier|MemberExpression|LogicalExpression)$/.test(value.type)
}

const swallowed: Rule = {
  name: 'no catch swallows',
  find: ({ sources }) =>
    sources
      .filter(isSource)
      .flatMap(source =>
        source.nodes
          .filter(
            ({ node }) => node.type === 'CatchClause' && listUnder(under(node, 'body'), 'body').length === 0,
          )
          .map(({ node }) => at(source, node, 'an empty catch')),
      ),
}

const used: Rule = {
  name: 'every code of the catalogue is used',
  find: ({ codes, sources }) => {
    const places = sources.filter(
      source => isSource(source) && !source.path.startsWith('src/errors/catalogue'),
    )
    return codes
      .filter(code => !places.some(({ text }) => text.includes(code)))
      .map(code => ({ path: 'src/errors/catalogue', words: `nobody makes ${code}` }))
  },
}

const explained: Rule = {
  name: 'every code of the catalogue has its page',
  find: ({ codes, texts }) => {
    const paths = new Set(texts.map(({ path }) => path))
    return codes
      .map(code => `docs/reference/errors/${code}.md`)
      .filter(path => !paths.has(path))
      .map(path => ({ path, words: 'is missing: npm run generate' }))
  },
}

export const failureRules: readonly Rule[] = [thrown, swallowed, used, explained]
