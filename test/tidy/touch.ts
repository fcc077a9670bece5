import {
  type Finding,
  type Found,
  type House,
  type Node,
  type Rule,
  type Source,
  at,
  memberOf,
  nameOf,
  under,
} from './house.ts'
import { type Room, type Touch, roomOf } from './table.ts'

/** Node's modules, by what they touch. `pure` ones are open to every room that touches something. */
const modules: { readonly [word in Touch | 'pure']: readonly string[] } = {
  pure: [
    'assert',
    'assert/strict',
    'async_hooks',
    'buffer',
    'crypto',
    'events',
    'path',
    'path/posix',
    'stream',
  ].concat(['stream/promises', 'stream/consumers', 'stream/web', 'string_decoder', 'url', 'util', 'zlib']),
  fs: ['fs', 'fs/promises', 'sqlite', 'os'],
  import: ['module', 'vm'],
  net: ['dgram', 'dns', 'dns/promises', 'http', 'http2', 'https', 'net', 'tls'],
  process: ['child_process', 'cluster', 'os', 'process', 'v8', 'worker_threads'],
  time: ['perf_hooks', 'timers', 'timers/promises'],
  tty: ['readline', 'readline/promises', 'repl', 'tty'],
}

/** Globals, by what they touch. Randomness stands with time: neither can be repeated. */
const globals: { readonly [name: string]: Touch } = {
  fetch: 'net',
  WebSocket: 'net',
  EventSource: 'net',
  process: 'process',
  setTimeout: 'time',
  setInterval: 'time',
  setImmediate: 'time',
}

const members: { readonly [name: string]: Touch } = {
  'Date.now': 'time',
  'performance.now': 'time',
  'Math.random': 'time',
  'crypto.randomUUID': 'time',
  'crypto.getRandomValues': 'time',
  'AbortSignal.timeout': 'time',
  'Atomics.wait': 'time',
  'Temporal.Now': 'time',
}

const touching: Rule = {
  name: 'a room touches only what the table allows',
  find: house => house.sources.flatMap(source => (source.test ? [] : touchesOf(source, house))),
}

function touchesOf(source: Source, { rooms }: House): readonly Finding[] {
  const room = roomOf(source.path, rooms)
  if (!room || room.name === 'src') return []
  const declared = namesDeclared(source)
  const byName = source.nodes.flatMap(found => {
    const touch = touchOf(found, declared)
    return touch === undefined || room.touch.includes(touch.word)
      ? []
      : [
          at(
            source,
            found.node,
            `${touch.name} touches ${touch.word}; ${room.name} may touch ${allowed(room)}`,
          ),
        ]
  })
  return [...byName, ...importsOf(source, room)]
}

function importsOf(source: Source, room: Room): readonly Finding[] {
  return source.imports.flatMap(each => {
    if (each.from === undefined)
      return room.touch.includes('import') ? [] : [at(source, each, 'import() of something computed')]
    if (!each.from.startsWith('node:')) return []
    const name = each.from.slice('node:'.length)
    const open = room.touch.flatMap(word => modules[word])
    const pure = room.touch.length > 0 && modules.pure.includes(name)
    return pure || open.includes(name)
      ? []
      : [at(source, each, `${each.from}: ${room.name} may touch ${allowed(room)}`)]
  })
}

function touchOf(found: Found, declared: ReadonlySet<string>): { name: string; word: Touch } | undefined {
  const { node } = found
  const name = nameTouched(found)
  if (name === undefined || declared.has(name.split('.')[0] ?? '')) return undefined
  if (node.type === 'NewExpression' || node.type === 'CallExpression')
    return { name: 'the time of now', word: 'time' }
  const table: { readonly [name: string]: Touch } = node.type === 'Identifier' ? globals : members
  const word = Object.hasOwn(table, name) ? table[name] : undefined
  return word === undefined ? undefined : { name, word }
}

function nameTouched({ node, parent }: Found): string | undefined {
  if (node.type === 'MemberExpression') return memberOf(node)
  if (node.type === 'Identifier' && node.name !== undefined && isUse(node, parent?.node)) return nameOf(node)
  const now = node.type === 'NewExpression' || node.type === 'CallExpression'
  const empty = Array.isArray(node.arguments) && node.arguments.length === 0
  return now && empty && nameOf(under(node, 'callee')) === 'Date' ? 'Date' : undefined
}

/** It stands for a value, not for the name of a property. */
function isUse(node: Node, parent: Node | undefined): boolean {
  if (!parent) return true
  if (parent.type.startsWith('TS')) return parent.expression === node
  if (parent.type === 'MemberExpression') return parent.property !== node || parent.computed === true
  if (!/^(Property|PropertyDefinition|MethodDefinition)$/.test(parent.type)) return true
  return parent.value === node || parent.computed === true || parent.shorthand === true
}

/** Names that the file binds itself: a parameter called `process` is not the global one. */
function namesDeclared({ nodes }: Source): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { node, parent } of nodes) {
    const name = node.type === 'Identifier' ? nameOf(node) : undefined
    if (name !== undefined && parent && binds(parent, node)) names.add(name)
  }
  return names
}

function binds({ node: parent, parent: outer }: Found, node: Node): boolean {
  if (parent.type === 'Property') return outer?.node.type === 'ObjectPattern' && parent.value === node
  if (/^(VariableDeclarator|FunctionDeclaration|ClassDeclaration)$/.test(parent.type))
    return parent.id === node
  if (/^Import.*Specifier$/.test(parent.type)) return parent.local === node
  if (Array.isArray(parent.params) && parent.params.includes(node)) return true
  return /^(ArrayPattern|RestElement|AssignmentPattern)$/.test(parent.type) && parent.right !== node
}

function allowed({ touch }: Room): string {
  return touch.length === 0 ? 'nothing' : touch.join(', ')
}

export const touchRules: readonly Rule[] = [touching]
