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

/**
 * Words that begin a statement which only reads, in DuckDB's SQL; FROM may come first, and so may
 * parentheses.
 */
const reads = new Set(
  'select with from values table explain describe desc show summarize pivot unpivot pragma'.split(' '),
)

/**
 * The first statement of the text that may write or define something, by the word that it begins with;
 * undefined:
 * all of them read. What stands behind the word is not looked at: `with … insert` is left to the engine.
 */
export function writingWord(sql: string): string | undefined {
  let begins = true
  for (const { kind, text } of tokenize(sql)) {
    if (kind === 'comment' || (begins && text === '(')) continue
    if (begins && text !== ';' && !reads.has(text.toLowerCase())) return text
    begins = text === ';'
  }
  return undefined
}
