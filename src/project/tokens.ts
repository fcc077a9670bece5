/**
 * TypeScript or JavaScript as a list of tokens without comments and white space: two files with the same list
 * mean the same. undefined: the text cannot be read for certain (a `/` that may divide or begin a pattern,
 * something unclosed), and whoever asks must take the text as it stands. A false "changed" costs a run; a
 * false "unchanged" is a bug.
 *
 * A line break is kept as a token of its own where one may end a statement or start an operator of its own
 * (ECMA-262, "Rules of Automatic Semicolon Insertion": restricted productions; TypeScript adds a few words).
 */
export function tokensOf(text: string): readonly CodeToken[] | undefined {
  const state: State = { text, at: 0, tokens: [], open: [], broken: false }
  if (text.startsWith('#!')) state.at = lineEnd(text, 0)
  while (state.at < text.length) if (!step(state)) return undefined
  return state.open.length === 0 ? state.tokens : undefined
}

export type CodeToken = {
  readonly kind: 'word' | 'string' | 'template' | 'pattern' | 'sign' | 'break'
  readonly text: string
  readonly offset: number
}

type State = {
  readonly text: string
  at: number
  readonly tokens: CodeToken[]
  /**
   * What is open: for `(`, whether a pattern may follow its `)`; for `{`, whether a template goes on behind
   * its `}`.
   */
  readonly open: { readonly sign: string; readonly behind: 'operand' | 'operator' | 'template' }[]
  /** A line break came since the last token. */
  broken: boolean
}

/** Words behind which a line break means something. */
const breaksBehind = new Set(
  (
    'return throw break continue yield async get set static accessor type declare abstract interface ' +
    'namespace module ' +
    'using await global override readonly public private protected let of'
  ).split(' '),
)
const breaksBefore = new Set(['++', '--', '!', '=>', 'as', 'satisfies', 'is'])

/** Words behind which a `/` begins a pattern. */
const beforeOperand = new Set(
  'return throw typeof case in of delete void new else do instanceof await yield extends default'.split(' '),
)

const space = /[\s\uFEFF]+/y
const word = /[\p{ID_Continue}$#\\]+/uy
const plain = /'(?:[^'\\\n\r]|\\(?:\r\n|[^]))*'|"(?:[^"\\\n\r]|\\(?:\r\n|[^]))*"/y
const pattern = /\/(?:[^/\\[\n\r]|\\.|\[(?:[^\]\\\n\r]|\\.)*\])+\/[\p{ID_Continue}$]*/uy
// Longest first: a shorter sign may begin a longer one.
const long = />>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=/y
const short = /=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.(?!\d)|\+\+|--|[-+*/%&|^]=|<<|>>|\*\*|[^]/y
const templatePart = /(?:[^`\\$]|\\[^]|\$(?!\{))*/y

function step(state: State): boolean {
  const { text, at } = state
  const blank = take(space, state)
  if (blank !== undefined) {
    if (/[\n\r\u2028\u2029]/.test(blank)) state.broken = true
    return true
  }
  if (text.startsWith('//', at)) state.at = lineEnd(text, at)
  else if (text.startsWith('/*', at)) return comment(state)
  else if (text[at] === '`') return template(state, at, at + 1)
  else if (text[at] === '/') return slash(state)
  else if (text[at] === '"' || text[at] === "'") return put(state, 'string', take(plain, state), at)
  else {
    const found = take(word, state)
    if (found !== undefined) return put(state, 'word', found, at)
    return bracket(state, takeSign(state) ?? '', at)
  }
  return true
}

function take(form: RegExp, state: State): string | undefined {
  form.lastIndex = state.at
  const found = form.exec(state.text)?.[0]
  if (found) state.at += found.length
  return found || undefined
}

function takeSign(state: State): string | undefined {
  return take(long, state) ?? take(short, state)
}

function put(...args: readonly [State, CodeToken['kind'], string | undefined, number]): boolean {
  const [state, kind, text, offset] = args
  if (text === undefined) return false
  const last = state.tokens.at(-1)
  const matters = breaksBefore.has(text) || (last?.kind === 'word' && breaksBehind.has(last.text))
  if (state.broken && matters) state.tokens.push({ kind: 'break', text: '\n', offset })
  state.broken = false
  state.tokens.push({ kind, text, offset })
  return true
}

function comment(state: State): boolean {
  const end = state.text.indexOf('*/', state.at + 2)
  if (end < 0) return false
  if (/[\n\r]/.test(state.text.slice(state.at, end))) state.broken = true
  state.at = end + 2
  return true
}

/** From the first character of a template's text to its end or the next `${`. */
function template(state: State, offset: number, from: number): boolean {
  state.at = from
  take(templatePart, state)
  if (state.text[state.at] === '`') state.at++
  else if (state.text.startsWith('${', state.at)) {
    state.at += 2
    state.open.push({ sign: '{', behind: 'template' })
  } else return false
  return put(state, 'template', state.text.slice(offset, state.at), offset)
}

function slash(state: State): boolean {
  const { at } = state
  const place = afterLast(state)
  if (place === 'unsure') return false
  if (place === 'operator') return put(state, 'sign', takeSign(state), at)
  return put(state, 'pattern', take(pattern, state), at)
}

/** What may stand here: an operand (so `/` begins a pattern) or an operator. */
function afterLast({ tokens }: State): 'operand' | 'operator' | 'unsure' {
  const last = tokens.at(-1)
  if (last === undefined) return 'operand'
  if (isMember(tokens, -1)) return 'operator'
  if (last.text === 'of') return 'unsure'
  if (last.kind === 'template') return last.text.endsWith('`') ? 'operator' : 'operand'
  if (last.kind === 'word') return beforeOperand.has(last.text) ? 'operand' : 'operator'
  if (last.kind !== 'sign') return 'operator'
  if (last.text === ']' || last.text === ')') return 'operator'
  return ['}', '++', '--', '!'].includes(last.text) ? 'unsure' : 'operand'
}

function bracket(state: State, text: string, offset: number): boolean {
  if (text === '(' || text === '[' || text === '{') {
    state.open.push({
      sign: text,
      behind: text === '(' && isStatement(state.tokens) ? 'operand' : 'operator',
    })
  }
  if (text !== ')' && text !== ']' && text !== '}') return put(state, 'sign', text, offset)
  const opened = state.open.pop()
  if (opened === undefined || opened.sign !== opener[text]) return false
  if (opened.behind === 'template') return template(state, offset, offset + 1)
  // `if (x) /re/.test(y)`: what follows is a statement, told apart from `(x) / y` by a mark no program can
  // hold.
  return put(state, 'sign', opened.behind === 'operand' ? ')?' : text, offset)
}

/** Will a `(` that comes now be the head of a statement, so that behind its `)` another one begins? */
function isStatement(tokens: readonly CodeToken[]): boolean {
  const heads = ['if', 'while', 'for', 'with']
  const last = tokens.at(-1)?.text ?? ''
  if (last === 'await') return tokens.at(-2)?.text === 'for'
  return heads.includes(last) && !isMember(tokens, -1)
}

/** `x.return` is a name like any other. */
function isMember(tokens: readonly CodeToken[], at: number): boolean {
  return tokens.at(at)?.kind === 'word' && ['.', '?.'].includes(tokens.at(at - 1)?.text ?? '')
}

const opener = { ')': '(', ']': '[', '}': '{' }

function lineEnd(text: string, from: number): number {
  const end = /[\n\r\u2028\u2029]/g
  end.lastIndex = from
  return end.exec(text)?.index ?? text.length
}
