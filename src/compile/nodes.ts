import type { Parsed } from '../connect/index.ts'
import { type Failure, failure } from '../errors/index.ts'
import type { At, CheckFile, Declaration } from '../model/index.ts'
import { bareQuery, type Reference, replacePast } from '../sql/index.ts'
import { type Places, placesIn, placesOf } from './places.ts'
import { type Assembled, sameNode } from './recall.ts'
import { type Names, notFound, resolve } from './resolve.ts'
import type { CompileInput } from './types.ts'

/** What one asset, or one check in a file of its own, reads. */
export type Read = {
  readonly number: number
  readonly at: At
  /** Name of the child table, where it reads one. */
  readonly child: string | undefined
}

export type Node = {
  readonly name: string
  readonly at: At
  /** Its query without semicolons at the end; undefined: it is none. */
  readonly sql: string | undefined
  /** Equal for queries that mean the same; the text where it does not parse. */
  readonly normal: string
  readonly reads: readonly Read[]
  /** Numbers of what it reads, ascending. */
  readonly numbers: readonly number[]
  /** False: it cannot be bound, and what is wrong with it is said or cannot be known offline. */
  readonly sound: boolean
}

export type Nodes = {
  readonly assets: readonly Node[]
  readonly checks: readonly Node[]
  readonly failures: readonly Failure[]
}

/** Parses every query of the project and finds what it reads. */
export async function nodesOf(
  names: Names,
  input: CompileInput,
  last: Assembled | undefined,
): Promise<Nodes> {
  const failures: Failure[] = []
  const same = names.declarations.map((_, number) => sameNode(last, names, number))
  const checkFiles = input.checkFiles.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const texts = checkFiles.map(({ text }) => text)
  names.declarations.forEach(({ body }, number) => {
    if (same[number] === undefined && (body.kind === 'sql' || body.kind === 'export')) texts.push(body.text)
  })
  const parsed = await parse(texts, input)
  const context = { names, parsed, failures }
  return {
    assets: names.declarations.map((one, number) => same[number] ?? assetNode(one, context)),
    checks: checkFiles.map(file => checkNode(file, context)),
    failures,
  }
}

type Context = {
  readonly names: Names
  readonly parsed: ReadonlyMap<string, Parsed>
  readonly failures: Failure[]
}

async function parse(
  texts: readonly string[],
  { analyzer, hash, memo }: CompileInput,
): Promise<ReadonlyMap<string, Parsed>> {
  const found = new Map<string, Parsed>()
  const asked: string[] = []
  for (const text of new Set(texts)) {
    const known = memo?.parsed.get(hash(text))
    if (known) found.set(text, known)
    else asked.push(text)
  }
  const answers = asked.length > 0 ? await analyzer.parse(asked) : []
  asked.forEach((text, index) => {
    const answer = answers[index]
    if (answer === undefined) return
    found.set(text, answer)
    memo?.parsed.set(hash(text), answer)
  })
  return found
}

function assetNode(declaration: Declaration, context: Context): Node {
  const { name, at, body } = declaration
  if (body.kind === 'sql' || body.kind === 'export') {
    return queryNode({ name, at, text: body.text, places: placesOf(declaration) }, context)
  }
  const inputs = body.kind === 'rows' ? body.inputs : none
  const { numbers } = context.names
  const found = inputs.map(({ asset }): Read | undefined => {
    const number = numbers.get(asset) ?? numbers.get(asset.toLowerCase())
    return number === undefined ? elsewhere(asset, declaration, context) : { number, at, child: undefined }
  })
  const reads = found.includes(undefined) ? found.filter(read => read !== undefined) : (found as Read[])
  const sound = reads.length === inputs.length
  return { name, at, sql: undefined, normal: '', reads, numbers: numbersOf(reads), sound }
}

const none: readonly never[] = []

function numbersOf(reads: readonly Read[]): readonly number[] {
  if (reads.length === 0) return none
  // Inserted in place: `sort` copies and calls back, for the three or four reads that most assets have.
  const numbers = reads.map(({ number }) => number)
  for (let end = 1; end < numbers.length; end++) {
    const number = numbers[end] as number
    let at = end
    for (; at > 0 && (numbers[at - 1] as number) > number; at--) numbers[at] = numbers[at - 1] as number
    numbers[at] = number
  }
  return numbers
}

/** An input that is no asset by its own name: a child table, or nothing that this project makes. */
function elsewhere(asset: string, by: Declaration, { names, failures }: Context): Read | undefined {
  const dot = asset.indexOf('.')
  const schema = dot < 0 ? undefined : asset.slice(0, dot)
  const reference = { schema, table: asset.slice(dot + 1), offset: 0, length: 0 }
  const found = resolve(names, reference)
  if (found.kind === 'asset' || found.kind === 'child') {
    return { number: found.number, at: by.at, child: found.kind === 'child' ? found.name : undefined }
  }
  failures.push(notFound(names, reference, { asset: by.name, at: by.at }))
  return undefined
}

function checkNode({ name, at, text }: CheckFile, context: Context): Node {
  return queryNode({ name, at, text, places: placesIn(text, at) }, context)
}

type Query = { readonly name: string; readonly at: At; readonly text: string; readonly places: Places }

function queryNode({ name, at, text, places }: Query, context: Context): Node {
  const parsed = context.parsed.get(text)
  const node = { name, at, sql: bareQuery(text) }
  const wrong = wrongIn({ name, text, places }, parsed)
  if (wrong || !parsed?.ok) {
    if (wrong) context.failures.push(wrong)
    return { ...node, normal: text, reads: [], numbers: [], sound: false }
  }
  const reads: Read[] = []
  let sound = true
  for (const reference of parsed.reads) {
    const found = resolve(context.names, reference)
    const place = places(reference.offset, reference.length)
    if (found.kind === 'asset') reads.push({ number: found.number, at: place, child: undefined })
    else if (found.kind === 'child') reads.push({ number: found.number, at: place, child: found.name })
    else sound = false
    if (found.kind === 'missing') {
      context.failures.push(notFound(context.names, reference, { asset: name, at: place }))
    }
  }
  return { ...node, normal: parsed.normal, reads, numbers: numbersOf(reads), sound }
}

function wrongIn(query: Omit<Query, 'at'>, parsed: Parsed | undefined): Failure | undefined {
  const { name: asset, text, places } = query
  const past: Reference[] = []
  replacePast(text, ({ reference }) => {
    past.push(reference)
    return ''
  })
  const [first] = past
  if (first) {
    const table = first.schema === undefined ? first.table : `${first.schema}.${first.table}`
    return failure('SLUICE_SQL_PAST', { asset, table }, { at: places(first.offset, first.length) })
  }
  if (parsed?.ok) return undefined
  const words = parsed?.words ?? 'It was not read.'
  return failure('SLUICE_SQL_SYNTAX', { asset, words }, { at: places(parsed?.offset) })
}
