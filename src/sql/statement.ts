import { tokenize } from './tokens.ts'

/**
 * The query without the semicolons at its end, so that it can stand inside another one. They become blanks:
 * offsets stay. A line comment at the end still hides what follows on its line: put a line break behind it.
 */
export function bareQuery(sql: string): string {
  if (!sql.includes(';')) return sql
  const code = tokenize(sql).filter(token => token.kind !== 'comment')
  let bare = sql
  for (const { text, offset } of code.reverse()) {
    if (text !== ';') break
    bare = `${bare.slice(0, offset)} ${bare.slice(offset + 1)}`
  }
  return bare
}
