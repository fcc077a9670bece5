/**
 * Why RE2 would refuse this regular expression; undefined: it takes it. DuckDB, BigQuery and Trino run RE2,
 * which knows no look-around, no references back and no atomic groups; what it cannot run is refused before
 * anything is run. (RE2, `doc/syntax.txt`; the release inside DuckDB 1.5 also wants `(?P<name>`.)
 */
export function patternProblem(pattern: string): string | undefined {
  let at = 0
  let open = 0
  let repeatable = false
  // Something stands before in this alternative: flags in between do not keep a repetition from it.
  let follows = false
  while (at < pattern.length) {
    const piece = pieceAt(pattern, at)
    if ('problem' in piece) return piece.problem
    if (piece.kind === 'repeat' && !repeatable) return `\`${piece.text}\` at ${at + 1} repeats nothing`
    if (piece.kind === 'close' && open === 0) return `the \`)\` at ${at + 1} closes nothing`
    if (piece.kind === 'open') open++
    if (piece.kind === 'close') open--
    const isItem = piece.kind === 'atom' || piece.kind === 'close'
    if (piece.kind !== 'flags') follows = isItem || piece.kind === 'repeat'
    repeatable = isItem || (piece.kind === 'flags' && follows)
    at += piece.text.length
  }
  return open > 0 ? 'a `(` is not closed' : undefined
}

type Piece =
  | { readonly kind: 'atom' | 'repeat' | 'open' | 'close' | 'or' | 'flags'; readonly text: string }
  | { readonly problem: string }

function pieceAt(pattern: string, at: number): Piece {
  const rest = pattern.slice(at)
  const first = rest.charAt(0)
  if (first === '\\') return escapeOf(rest)
  if (first === '[') return classOf(rest)
  if (first === '(') return groupOf(rest)
  if (first === ')') return { kind: 'close', text: ')' }
  if (first === '|') return { kind: 'or', text: '|' }
  const repeat = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(rest)
  return repeat === null ? { kind: 'atom', text: first } : repeatOf(rest, repeat[0])
}

function repeatOf(rest: string, text: string): Piece {
  const after = rest.charAt(text.length)
  if (after === '+') return { problem: `\`${text}+\` is possessive, which RE2 does not know` }
  const [least = 0, most = least] = (text.match(/\d+/g) ?? []).map(Number)
  if (least > 1000 || most > 1000) return { problem: `\`${text}\` repeats more than 1,000 times` }
  if (most < least) return { problem: `\`${text}\` ends before it begins` }
  return { kind: 'repeat', text: after === '?' ? `${text}?` : text }
}

const escapes = [
  /^\\(?:[aftnrvdDsSwWAbBzC0_]|[^\w\s])/,
  /^\\(?:x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]{1,6}\}|[1-7][0-7]{2})/,
  /^\\[pP](?:[A-Z]|\{\^?\w+\})/,
]

function escapeOf(rest: string): Piece {
  if (rest.startsWith('\\Q')) {
    const end = rest.indexOf('\\E')
    return { kind: 'atom', text: end < 0 ? rest : rest.slice(0, end + 2) }
  }
  const text = escapes.map(known => known.exec(rest)?.[0]).find(found => found !== undefined)
  if (text !== undefined) return { kind: 'atom', text }
  if (/^\\[1-9]|^\\[kg]/.test(rest))
    return { problem: `\`${rest.slice(0, 2)}\` refers back, which RE2 does not know` }
  return { problem: `\`${rest.slice(0, 2)}\` is no escape that RE2 knows` }
}

function classOf(rest: string): Piece {
  // A `]` that comes first is a member, not the end.
  const body =
    /^\[(?:\^|(?!\^))(?:\]|\[:\^?[a-z]+:\]|\\[\s\S]|[^\]\\])(?:\[:\^?[a-z]+:\]|\\[\s\S]|[^\]\\])*\]/.exec(
      rest,
    )
  if (body === null) return { problem: 'a `[` is not closed' }
  for (const [range, low = '', high = ''] of body[0].matchAll(/([a-zA-Z0-9])-([a-zA-Z0-9])/g)) {
    if (low > high) return { problem: `the range \`${range}\` ends before it begins` }
  }
  for (const [start] of body[0].matchAll(/\\[\s\S]/g)) {
    const escape = escapeOf(body[0].slice(body[0].indexOf(start)))
    if ('problem' in escape) return escape
  }
  return { kind: 'atom', text: body[0] }
}

function groupOf(rest: string): Piece {
  if (!rest.startsWith('(?')) return { kind: 'open', text: '(' }
  const opened = /^\(\?(?:P<\w+>|[imsU]*(?:-[imsU]+)?:)/.exec(rest)
  if (opened !== null) return { kind: 'open', text: opened[0] }
  const flags = /^\(\?[imsU]*(?:-[imsU]+)?\)/.exec(rest)
  if (flags !== null) return { kind: 'flags', text: flags[0] }
  if (/^\(\?<?[=!]/.test(rest))
    return { problem: `\`${rest.slice(0, 4)}\` looks around, which RE2 does not know` }
  if (rest.startsWith('(?<')) return { problem: 'a named group is written `(?P<name>…)`' }
  return { problem: `\`${rest.slice(0, 3)}\` is no group that RE2 knows` }
}
