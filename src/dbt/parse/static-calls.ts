import { type Body, Dict, type Expression, type Template, type Value } from '../../jinja/index.ts'

/** A call of `ref`, `source` or `config` whose arguments are literals. */
export type StaticCall = {
  readonly name: 'ref' | 'source' | 'config'
  readonly positional: readonly Value[]
  readonly named: ReadonlyMap<string, Value>
}

const known = new Set(['ref', 'source', 'config'])

/**
 * What a template calls, where it does nothing but print calls of these three with literals: most models are
 * such, and need not become programs. undefined: it must be rendered to know.
 */
export function staticCalls({ tree }: Template): readonly StaticCall[] | undefined {
  const calls: StaticCall[] = []
  return gather(tree, calls) ? calls : undefined
}

function gather(body: Body, calls: StaticCall[]): boolean {
  return body.every(statement => {
    if (statement.kind !== 'output') return false
    return statement.parts.every(part => {
      if (typeof part === 'string') return true
      const call = callOf(part)
      if (call !== undefined) calls.push(call)
      return call !== undefined
    })
  })
}

function callOf(of: Expression): StaticCall | undefined {
  if (of.kind !== 'call' || of.of.kind !== 'name' || !known.has(of.of.name)) return undefined
  const { positional, named, rest, keywords } = of.with
  if (rest !== undefined || keywords !== undefined) return undefined
  const values = positional.map(literal)
  const options = named.map(({ name, value }) => [name, literal(value)] as const)
  if (values.includes(undefined) || options.some(([, value]) => value === undefined)) return undefined
  return {
    name: of.of.name as StaticCall['name'],
    positional: values as Value[],
    named: new Map(options as [string, Value][]),
  }
}

function literal(of: Expression): Value | undefined {
  if (of.kind === 'constant') return of.value
  if (of.kind === 'list') {
    const items = of.items.map(literal)
    return items.includes(undefined) ? undefined : (items as Value[])
  }
  if (of.kind !== 'dict') return undefined
  const dict = new Dict()
  for (const { key, value } of of.pairs) {
    const [name, item] = [literal(key), literal(value)]
    if (typeof name !== 'string' || item === undefined) return undefined
    dict.set(name, item)
  }
  return dict
}
