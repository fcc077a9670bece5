import { isWord, nesting } from './items.ts'
import { type Token, tokenize } from './tokens.ts'

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
 * undefined: all of them read, or copy what they read to a file. What stands behind the word is not looked
 * at otherwise: `with … insert` is left to the engine.
 */
export function writingWord(sql: string): string | undefined {
  const tokens = tokenize(sql).filter(({ kind }) => kind !== 'comment')
  let begins = true
  for (const [at, { text }] of tokens.entries()) {
    if (begins && text === '(') continue
    const reading = !begins || text === ';' || reads.has(text.toLowerCase()) || isCopyOut(tokens, at)
    if (!reading) return text
    begins = text === ';'
  }
  return undefined
}

/** `copy t to …` or `copy (…) to …`; not `copy t from …`. */
function isCopyOut(tokens: readonly Token[], start: number): boolean {
  if (!isWord(tokens[start], 'copy')) return false
  let depth = 0
  for (const token of tokens.slice(start + 1)) {
    depth += nesting(token)
    if (depth > 0) continue
    if (token.text === ';' || isWord(token, 'from')) return false
    if (isWord(token, 'to')) return true
  }
  return false
}
