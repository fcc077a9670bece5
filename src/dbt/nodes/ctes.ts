import { type Token, tokenize } from '../../sql/index.ts'

/** An ephemeral model as it stands in the queries that read it: `name as ( … )`. */
export type Cte = { readonly id: string; readonly sql: string }

/** The query with these in front of its own common table expressions; a query without any gets a `with`. */
export function withCtes(sql: string, ctes: readonly Cte[]): string {
  if (ctes.length === 0) return sql
  const list = ctes.map(cte => cte.sql).join(', ')
  const tokens = tokenize(sql).filter(token => token.kind !== 'comment')
  const [first, second] = tokens
  if (first === undefined || !isWord(first, 'with')) {
    const at = first?.offset ?? 0
    return `${sql.slice(0, at)}with ${list}\n${sql.slice(at)}`
  }
  const last = second && isWord(second, 'recursive') ? second : first
  const at = last.offset + last.text.length
  return `${sql.slice(0, at)} ${list},${sql.slice(at)}`
}

function isWord({ kind, text }: Token, word: string): boolean {
  return kind === 'word' && text.toLowerCase() === word
}
