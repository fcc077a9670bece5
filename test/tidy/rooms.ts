import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { type Finding, type House, type Import, type Rule, type Source, at } from './house.ts'
import { type Room, registry, roomOf } from './table.ts'

/** Every file of src lives in a room of the table. */
const homeless: Rule = {
  name: 'every folder of src is a room of the table',
  find: ({ sources, rooms }) =>
    sources
      .filter(({ path }) => path.startsWith('src/') && roomOf(path, rooms) === undefined)
      .map(({ path }) => ({ path, words: 'lies in no room of the table in ARCHITECTURE.md' })),
}

/** Values flow through faces, downwards. Tests may look at any room, but also only at its face. */
const directions: Rule = {
  name: 'rooms import only lower layers, through their face',
  find: house =>
    house.sources.flatMap(source => source.imports.flatMap(each => wrongWay(each, source, house))),
}

function wrongWay(each: Import, source: Source, { rooms }: House): readonly Finding[] {
  const here = roomOf(source.path, rooms)
  if (!here || !each.from?.startsWith('.')) return []
  const target = posix.join(posix.dirname(source.path), each.from)
  if (!target.startsWith('src/'))
    return source.test ? [] : [at(source, each, `imports ${target}, outside src`)]
  const there = roomOf(target, rooms)
  if (!there || there.name === here.name) return []
  const words = refusal({ here, there, target, lazy: each.lazy, source })
  return words === undefined ? [] : [at(source, each, `${here.name} → ${there.name}: ${words}`)]
}

/** The last layer of rooms that know nothing of assets, and the layer of connectors. */
const ground = 4
const connectors = 6

type Edge = { here: Room; there: Room; target: string; lazy: boolean; source: Source }

function refusal({ here, there, target, lazy, source }: Edge): string | undefined {
  if (target === registry)
    return here.layer > connectors ? undefined : 'only rooms above the connectors know the registry'
  if (target !== `src/${there.name}/index.ts`) return `not through its face, src/${there.name}/index.ts`
  if (source.test) return undefined
  if (there.leaf) {
    // A connector stands on formats, and a door may show one.
    if ((here.leaf || here.name === 'src') && there.layer < here.layer && !isConnector(there))
      return undefined
    return source.path === registry && lazy ? undefined : 'a leaf is reached only through the registry'
  }
  if (here.leaf && there.layer > ground)
    return `a leaf imports only the ground, layers up to ${ground}, not ${there.layer}`
  if (there.layer >= here.layer) return `layer ${here.layer} imports only lower layers, not ${there.layer}`
  if (here.touch.length === 0 && there.touch.length > 0)
    return `touches nothing, and ${there.name} touches ${there.touch.join(', ')}`
  return undefined
}

function isConnector({ name }: Room): boolean {
  return name.startsWith('connectors/')
}

/** Nothing from npm that package.json or the connector's own `about.needs` does not name. */
const packages: Rule = {
  name: 'packages are imported only where they are declared',
  find: house =>
    house.sources.flatMap(source => source.imports.flatMap(each => undeclared(each, source, house))),
}

function undeclared(each: Import, source: Source, house: House): readonly Finding[] {
  const room = roomOf(source.path, house.rooms)
  const name = packageOf(each.from)
  if (!room || source.test || name === undefined) return []
  if (room.leaf)
    return needsOf(room, house).has(name) ? [] : [at(source, each, `\`${name}\` is not in its about.needs`)]
  if (room.touch.length === 0) return [at(source, each, `\`${name}\`: ${room.name} touches nothing`)]
  const declared = house.lock.packages['']?.dependencies ?? {}
  return name in declared ? [] : [at(source, each, `\`${name}\` is not a dependency of the package`)]
}

function packageOf(from: string | undefined): string | undefined {
  if (from === undefined || /^[./]|^node:/.test(from) || builtinModules.includes(from)) return undefined
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Keys of `needs: { … }` in the object called `about` of the connector's folder. */
function needsOf(room: Room, { sources }: House): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { path, text } of sources) {
    if (!path.startsWith(`src/${room.name}/`)) continue
    const needs = /\bneeds:\s*\{([^}]*)\}/.exec(text)?.[1] ?? ''
    for (const [, quoted, bare] of needs.matchAll(/'([^']+)'\s*:|\b([a-z][\w-]*)\s*:/g))
      names.add(quoted ?? bare ?? '')
  }
  return names
}

export const roomRules: readonly Rule[] = [homeless, directions, packages]
