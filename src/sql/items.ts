import { type Token, nameOf } from './tokens.ts'

/** One item of the select list that names the columns of the result. */
export type SelectItem = {
  /**
   * Its alias, or the last part of a plain column; undefined where the engine makes a name up (`count(*)`,
   * `*`).
   */
  readonly name: string | undefined
  readonly first: Token
  readonly last: Token
  /** The comma behind it, if there is one. */
  readonly comma: Token | undefined
}

/**
 * Items of the outermost SELECT: the first one that stands in no parentheses (those of CTEs and subqueries
 * do). Of a UNION it is the first branch, which names the columns. `tokens` hold no comments.
 */
export function itemsOf(tokens: readonly Token[]): readonly SelectItem[] {
  const start = outermostSelect(tokens)
  if (start === undefined) return []
  const items: SelectItem[] = []
  let item: Token[] = []
  const close = (comma: Token | undefined): void => {
    const [first, last] = [item[0], item.at(-1)]
    if (first && last) items.push({ name: columnName(item), first, last, comma })
    item = []
  }
  let depth = 0
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at] as Token
    depth += nesting(token)
    if (depth < 0 || (depth === 0 && endsList(tokens, at))) break
    if (depth === 0 && token.text === ',') close(token)
    else item.push(token)
  }
  close(undefined)
  return items
}

/** +1 for what opens, -1 for what closes. */
export function nesting(token: Token): -1 | 0 | 1 {
  if (token.kind !== 'operator') return 0
  if (token.text === '(' || token.text === '[' || token.text === '{') return 1
  return token.text === ')' || token.text === ']' || token.text === '}' ? -1 : 0
}

/**
 * Index of the token behind SELECT and its DISTINCT; a query that stands in parentheses as a whole is looked
 * into.
 */
function outermostSelect(tokens: readonly Token[]): number | undefined {
  let open = 0
  while (tokens[open]?.text === '(') open++
  let depth = 0
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token
    depth += nesting(token)
    if (depth <= open && isWord(token, 'select')) return afterDistinct(tokens, at + 1)
  }
  return undefined
}

function afterDistinct(tokens: readonly Token[], start: number): number {
  const first = tokens[start]
  if (!first || !(isWord(first, 'distinct') || isWord(first, 'all'))) return start
  const on = tokens[start + 1]
  if (!on || !isWord(on, 'on')) return start + 1
  let depth = 0
  for (let at = start + 2; at < tokens.length; at++) {
    depth += nesting(tokens[at] as Token)
    if (depth === 0) return at + 1
  }
  return tokens.length
}

const enders = new Set(
  (
    'from where group having window qualify order limit offset fetch union intersect except using sample ' +
    'into tablesample minus'
  ).split(' '),
)

/**
 * Does the list end here? Not at `a is distinct from b`, `within group (…)`, `* except (…)`, `t.offset`, `as
 * limit`.
 */
function endsList(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at] as Token
  if (token.text === ';') return true
  const word = token.kind === 'word' ? token.text.toLowerCase() : ''
  if (!enders.has(word)) return false
  const before = tokens[at - 1]
  if (!before) return true
  const prior = before.text.toLowerCase()
  if (prior === '.' || prior === 'as' || prior === ',') return false
  if (word === 'from') return prior !== 'distinct'
  if (word === 'group') return prior !== 'within'
  return !(word === 'except' && prior === '*')
}

export function isWord(token: Token | undefined, word: string): boolean {
  return token !== undefined && token.kind === 'word' && token.text.toLowerCase() === word
}

function columnName(item: readonly Token[]): string | undefined {
  const [first, second] = item
  const last = item.at(-1)
  if (!first || !last) return undefined
  // DuckDB's prefix alias: `total: sum(x)`.
  if (second?.text === ':') return nameOf(first)
  const name = nameOf(last)
  if (name === undefined || (isWord(last, 'end') && item.length > 1)) return undefined
  if (item.length === 1) return name
  const before = item.at(-2) as Token
  if (isWord(before, 'as')) return name
  if (before.text === '.') return item.every(isPathPart) ? name : undefined
  // An alias without AS follows whatever can end an expression.
  return before.kind !== 'operator' || nesting(before) < 0 ? aliasUnlessKeyword(before, name) : undefined
}

function isPathPart(token: Token): boolean {
  return token.text === '.' || nameOf(token) !== undefined
}

const joining = new Set(
  'and or not is in like ilike between similar then else when case null collate at'.split(' '),
)

function aliasUnlessKeyword(before: Token, name: string): string | undefined {
  const prior = before.kind === 'word' ? before.text.toLowerCase() : ''
  return joining.has(prior) && prior !== 'null' ? undefined : name
}
