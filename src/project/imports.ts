import type { CodeToken } from './tokens.ts'

/** One module that another one names. */
export type Import = {
  readonly specifier: string
  /**
   * Only the default export is taken, under a name: of an asset, that is its identity and nothing of its
   * code.
   */
  readonly onlyDefault: boolean
  /** Where the specifier stands, with its quotes. */
  readonly offset: number
}

/**
 * Modules that a file names: `import … from`, `export … from`, `import('…')`, `require('…')`. Types alone are
 * no import. A specifier that is computed cannot be known; such a module is not part of the closure.
 */
export function importsOf(tokens: readonly CodeToken[]): readonly Import[] {
  const found: Import[] = []
  for (const [i, token] of tokens.entries()) {
    if (token.kind !== 'string') continue
    const before = tokens[i - 1]?.text
    const call = before === '(' && ['import', 'require'].includes(tokens[i - 2]?.text ?? '')
    if (before !== 'from' && before !== 'import' && !call) continue
    const clause = before === 'from' ? clauseOf(tokens, i - 2) : []
    if (clause === undefined || isTypes(clause)) continue
    found.push({ specifier: unquoted(token.text), onlyDefault: isDefault(clause), offset: token.offset })
  }
  return found
}

/** The same from a text that could not be read for certain: everything that looks like it. */
export function importsLike(text: string): readonly Import[] {
  const likely = /\b(?:from|import|require)\s*\(?\s*(?:\/\*.*?\*\/\s*)?('[^'\n]+'|"[^"\n]+")/gs
  return Array.from(text.matchAll(likely), found => ({
    specifier: unquoted(found[1] ?? ''),
    onlyDefault: false,
    offset: found.index + found[0].length - (found[1] ?? '').length,
  }))
}

/** Words and signs between `import` or `export` and `from`; undefined: this `from` belongs to neither. */
function clauseOf(tokens: readonly CodeToken[], last: number): readonly string[] | undefined {
  const clause: string[] = []
  for (let i = last; i >= 0; i--) {
    const text = tokens[i]?.text ?? ''
    if (text === 'import') return clause
    if (text === 'export') return ['*', ...clause]
    if (tokens[i]?.kind !== 'word' && !['{', '}', ',', '*', '\n'].includes(text)) return undefined
    if (text !== '\n') clause.unshift(text)
  }
  return undefined
}

function isTypes(clause: readonly string[]): boolean {
  // `import type from 'x'` takes a default export that is called `type`.
  return clause[0] === 'type' && clause.length > 1 && clause[1] !== ','
}

function isDefault(clause: readonly string[]): boolean {
  if (clause.length === 1) return clause[0] !== '*'
  const [open, name, as, , close] = clause
  return clause.length === 5 && open === '{' && name === 'default' && as === 'as' && close === '}'
}

/** Escapes in a specifier are legal and never written; what has one is left as it stands and not found. */
function unquoted(text: string): string {
  return text.slice(1, -1)
}
