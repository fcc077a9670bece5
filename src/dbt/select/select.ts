import { failure, near } from '../../errors/index.ts'
import { isObject, type Yaml } from '../yaml.ts'
import type { State } from '../artifacts/state.ts'
import type { Manifest, UniqueId } from '../face.ts'
import type { Indirect } from './criterion.ts'
import { evaluate } from './evaluate.ts'
import { type Expression, expressionOfDefinition, expressionOfWords } from './expression.ts'
import { graphOf } from './graph.ts'
import { kindsOf, type KindWish } from './kinds.ts'
import { isEmpty, type Member, membersOf } from './members.ts'
import { finder } from './methods.ts'

/** What a command line asks for. */
export type Wish = KindWish & {
  readonly select?: readonly string[]
  readonly exclude?: readonly string[]
  /** A name of `selectors.yml`; without one, and without the two above, its default holds. */
  readonly selector?: string | undefined
  readonly indirect?: Indirect | undefined
  /** `state_modified_compare_more_unrendered_values` of the project's flags. */
  readonly isUnrendered?: boolean
  /** Words on criteria that found nothing, and on contracts that were broken. */
  readonly warn?: (words: string) => void
}

/** The resources that a command is about, in the manifest's order, by dbt's selection syntax. */
export function select(manifest: Manifest, wish: Wish, state: State = {}): UniqueId[] {
  const members = membersOf(manifest)
  const kinds = kindsOf(wish)
  const warn = wish.warn ?? (() => {})
  const graph = graphOf(manifest)
  const find = finder(members, { manifest, state, warn, isUnrendered: wish.isUnrendered ?? false })
  const { direct } = evaluate(expressionOf(manifest, wish), { manifest, graph, find, warn })
  return members.filter(each => direct.has(each.id) && isFor(wish, kinds, each)).map(({ id }) => id)
}

function expressionOf({ selectors }: Manifest, wish: Wish): Expression {
  const { select: wanted = [], exclude = [], indirect = 'eager' } = wish
  const nothingSaid = wanted.length === 0 && exclude.length === 0
  const name = wish.selector ?? (nothingSaid ? defaultSelector(selectors) : undefined)
  if (name === undefined) return expressionOfWords(wanted, exclude, indirect)
  const selector = selectors[name]
  if (!isObject(selector)) {
    const known = Object.keys(selectors)
    throw failure('SLUICE_DBT_SELECTOR_MISSING', { name, known, near: near(name, known) })
  }
  return expressionOfDefinition(selector.definition as Yaml, indirect)
}

function defaultSelector(selectors: Manifest['selectors']): string | undefined {
  const found = Object.entries(selectors).filter(([, each]) => isObject(each) && each.default === true)
  if (found.length > 1)
    throw failure('SLUICE_DBT_SELECTOR', {
      words: `More than one is the default: ${found.map(([name]) => name).join(', ')}.`,
    })
  return found[0]?.[0]
}

function isFor({ command }: Wish, kinds: ReadonlySet<string>, member: Member): boolean {
  const { resource } = member
  if (!kinds.has(resource.resource_type)) return false
  if (command === 'freshness') return Boolean(resource.freshness)
  return command === 'list' || !isEmpty(member)
}
