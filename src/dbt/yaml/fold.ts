/** A text in single quotes, which are doubled where they stand in it. */
export function unquotedSingle(written: string): string {
  const inner = written.slice(1, -1).replaceAll("''", "'")
  return inner.includes('\n') ? foldedLines(inner) : inner
}

const escapes: { readonly [letter: string]: string } = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '\\': '\\',
  '/': '/',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
}

/** A text in double quotes; undefined: it has an escape that YAML does not know. */
export function unquotedDouble(written: string): string | undefined {
  const inner = written.slice(1, -1)
  if (!inner.includes('\\')) return inner.includes('\n') ? foldedLines(inner) : inner
  let isKnown = true
  // Lines are folded around the escapes: what is escaped is no white space that folding takes away.
  const parts = inner.split(/(\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\n[ \t\n]*|[^]))/)
  const read = parts.map((part, place) => {
    if (place % 2 === 0) return part
    const code = /^\\[xuU]([0-9a-fA-F]+)$/.exec(part)?.[1]
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
    if (part.startsWith('\\\n')) return ''
    const known = escapes[part.slice(1)]
    if (known === undefined) isKnown = false
    return known ?? ''
  })
  if (!isKnown) return undefined
  if (!inner.includes('\n')) return read.join('')
  // A marker keeps what was escaped from being folded.
  if (inner.includes('\ue000')) return undefined
  const kept: string[] = []
  const marked = read
    .map((part, place) => (place % 2 === 0 || part === '' ? part : mark(kept, part)))
    .join('')
  return foldedLines(marked).replace(/\ue000(\d+)\ue000/g, (_, place: string) => kept[Number(place)] ?? '')
}

function mark(kept: string[], part: string): string {
  kept.push(part)
  return `\ue000${kept.length - 1}\ue000`
}

/** Lines of a quoted text: a line end is a space, each empty line a line end. */
function foldedLines(text: string): string {
  return text.replace(/[ \t]*\n(?:[ \t]*\n)*[ \t]*/g, found => {
    const ends = found.split('\n').length - 1
    return ends === 1 ? ' ' : '\n'.repeat(ends - 1)
  })
}

export type BlockStyle = {
  /** `>`: lines are joined. */
  readonly isFolded: boolean
  /** `-` drops the line ends behind it, `+` keeps all, otherwise there is one. */
  readonly chomp: string
  /** Whether the last line has a line end. */
  readonly hasEnd: boolean
}

/** The text of a block, of its lines without their indentation, as PyYAML folds them. */
export function foldedText(lines: readonly string[], { isFolded, chomp, hasEnd }: BlockStyle): string {
  let last = lines.length
  while (last > 0 && lines[last - 1] === '') last--
  let text = ''
  for (let place = 0; place < last; place++) {
    const line = lines[place] as string
    if (place > 0) text += isFolded ? separator(lines, place) : '\n'
    text += line
  }
  const blank = lines.length - last
  const end = blank > 0 || hasEnd ? '\n' : ''
  if (last === 0) return chomp === '+' ? '\n'.repeat(blank) : ''
  if (chomp === '-') return text
  return text + end + (chomp === '+' ? '\n'.repeat(hasEnd ? blank : Math.max(0, blank - 1)) : '')
}

/** What stands between a line and the one before it. */
function separator(lines: readonly string[], place: number): string {
  const [line = '', before = ''] = [lines[place], lines[place - 1]]
  if (line === '') return ''
  if (before === '') {
    let first = place - 1
    while (first > 0 && lines[first - 1] === '') first--
    const blank = '\n'.repeat(place - first)
    const opening = lines[first - 1]
    // Empty lines between lines that stand further in keep all line ends.
    return opening === undefined ? blank : isFurtherIn(opening) || isFurtherIn(line) ? `\n${blank}` : blank
  }
  return isFurtherIn(line) || isFurtherIn(before) ? '\n' : ' '
}

function isFurtherIn(line: string): boolean {
  return line.startsWith(' ') || line.startsWith('\t')
}
