import { raise, repr } from '../../../jinja/index.ts'
import { anyCase, classes, fold, type Test } from './characters.ts'
import { classTest, escapedCode } from './escape.ts'
import { octal, Reader } from './reader.ts'
import { setOf } from './set.ts'
import { flag, type Node, type Tree, type Width, widthOf } from './tree.ts'

/**
 * Python's regular expressions (3.11): all of their syntax but `\N{…}` and `LOCALE`, which belongs to
 * bytes.
 */
export function parse(pattern: string, flags: number): Tree {
  if ((flags & flag.L) !== 0) return raise('ValueError', 'cannot use LOCALE flag with a str pattern')
  if ((flags & flag.A) !== 0 && (flags & flag.U) !== 0)
    return raise('ValueError', 'ASCII and UNICODE flags are incompatible')
  const parser = new Parser(pattern, flags)
  const node = parser.either(flags, true)
  parser.end()
  const unicode = (parser.flags & flag.A) === 0 ? flag.U : 0
  return { node, flags: parser.flags | unicode, groups: parser.widths.size, names: parser.names }
}

const letters = 'aiLmsux'
const flagOf: { readonly [letter: string]: number } = {
  a: flag.A,
  i: flag.I,
  L: flag.L,
  m: flag.M,
  s: flag.S,
  u: flag.U,
  x: flag.X,
}
const ofType = flag.A | flag.L | flag.U
const repeatMax = 4_294_967_295

/** A group that is not yet closed has no width. */
type Groups = Map<number, Width | undefined>

class Parser {
  readonly reader: Reader
  readonly names = new Map<string, number>()
  readonly widths: Groups = new Map()
  /** The flags of the whole, with those of `(?i)` at its start. */
  flags: number
  private readonly groupChecks: (() => void)[] = []
  /** What is found wrong only when all else is right. */
  private readonly later: (() => void)[] = []
  /** How many groups there were where looking behind began; undefined: it has not. */
  private groupsBehind: number | undefined
  constructor(pattern: string, flags: number) {
    this.reader = new Reader(pattern)
    this.flags = flags
  }

  end(): void {
    if (this.reader.peek() !== undefined) this.reader.fail('unbalanced parenthesis')
    for (const check of [...this.groupChecks, ...this.later]) check()
  }

  either(flags: number, isFirst = false): Node {
    const options: Node[] = []
    let inside = flags
    do {
      options.push(this.sequence(inside, isFirst && options.length === 0))
      if (isFirst) inside = flags | this.flags
    } while (this.reader.skip('|'))
    return options.length === 1 ? (options[0] as Node) : { kind: 'either', options }
  }

  private sequence(given: number, isFirst: boolean): Node {
    const { reader } = this
    const items: Node[] = []
    let flags = given
    for (;;) {
      const token = reader.peek()
      if (token === undefined || token === '|' || token === ')')
        return items.length === 1 ? (items[0] as Node) : { kind: 'all', items }
      reader.take()
      if ((flags & flag.X) !== 0 && this.skipComment(token)) continue
      if ('*+?{'.includes(token) && this.repeated(token, items)) continue
      if (token === '(') {
        const group = this.group(flags, isFirst && items.length === 0)
        if (group) items.push(group)
        else flags |= this.flags
      } else items.push(this.single(token, flags))
    }
  }

  /** In a verbose pattern. */
  private skipComment(token: string): boolean {
    if (/^\s$/.test(token)) return true
    if (token !== '#') return false
    for (let next = this.reader.take(); next !== undefined && next !== '\n'; ) next = this.reader.take()
    return true
  }

  private single(token: string, flags: number): Node {
    if (token === '.')
      return { kind: 'one', test: (flags & flag.S) === 0 ? code => code !== 0x0a : () => true }
    if (token === '^') return { kind: 'at', place: { at: (flags & flag.M) === 0 ? 'start' : 'line-start' } }
    if (token === '$')
      return { kind: 'at', place: { at: (flags & flag.M) === 0 ? 'last-line-end' : 'line-end' } }
    if (token === '[') return { kind: 'one', test: setOf(this.reader, flags) }
    return token.startsWith('\\') ? this.escape(token, flags) : literal(token.codePointAt(0) ?? 0, flags)
  }

  /** False: what looked like `{2,3}` is none. */
  private repeated(token: string, items: Node[]): boolean {
    const { reader } = this
    const here = reader.at
    const bounds = token === '{' ? this.bounds(here) : boundsOf(token)
    if (!bounds) return false
    const body = items.at(-1)
    if (body === undefined || body.kind === 'at') return reader.fail('nothing to repeat', here - 1)
    if (body.kind === 'repeat') return reader.fail('multiple repeat', here - 1)
    if (body.kind === 'all' && body.items.length === 0) return reader.fail('nothing to repeat', here - 1)
    const how = reader.skip('?') ? 'lazy' : reader.skip('+') ? 'possessive' : 'greedy'
    items[items.length - 1] = { kind: 'repeat', body, min: bounds[0], max: bounds[1], how }
    return true
  }

  private bounds(here: number): Width | undefined {
    const { reader } = this
    if (reader.peek() === '}') return undefined
    const low = reader.takeWhile(/^\d$/)
    const high = reader.skip(',') ? reader.takeWhile(/^\d$/) : low
    if (!reader.skip('}')) {
      reader.at = here
      return undefined
    }
    const [min, max] = [Number(low || 0), high === '' ? Infinity : Number(high)]
    if (min >= repeatMax || (max >= repeatMax && max !== Infinity))
      return raise('OverflowError', 'the repetition number is too large')
    return max < min ? reader.fail('min repeat greater than max repeat', here) : [min, max]
  }

  private escape(token: string, flags: number): Node {
    const isAscii = (flags & flag.A) !== 0
    const { w, ...others } = classes(isAscii)
    const letter = token.slice(1)
    if (letter === 'A') return { kind: 'at', place: { at: 'start' } }
    if (letter === 'Z') return { kind: 'at', place: { at: 'end' } }
    if (letter === 'b') return { kind: 'at', place: { at: 'boundary', isWord: w } }
    if (letter === 'B') return { kind: 'at', place: { at: 'no-boundary', isWord: w } }
    if (/^[dDsSwW]$/.test(letter)) return { kind: 'one', test: classTest(letter, { w, ...others }) }
    if (/^[1-9]$/.test(letter)) return this.numbered(token, flags)
    return literal(escapedCode(this.reader, token), flags)
  }

  /** `\1`, `\12`, or three octal digits. */
  private numbered(first: string, flags: number): Node {
    const { reader } = this
    const token = first + reader.takeWhile(/^\d$/, 1)
    if (/^\\[0-7]{2}$/.test(token) && /^[0-7]$/.test(reader.peek() ?? ''))
      return literal(octal(reader, token + (reader.take() ?? '')), flags)
    const group = Number(token.slice(1))
    if (!this.widths.has(group))
      return reader.fail(`invalid group reference ${group}`, reader.at - token.length + 1)
    return this.again(group, flags, token.length)
  }

  private again(group: number, flags: number, length: number): Node {
    if (this.widths.get(group) === undefined)
      return this.reader.fail('cannot refer to an open group', this.reader.at - length)
    this.checkBehind(group)
    const isAscii = (flags & flag.A) !== 0
    return { kind: 'again', group, folds: (flags & flag.I) === 0 ? undefined : code => fold(code, isAscii) }
  }

  /** undefined: it only set flags, or is a comment. */
  private group(flags: number, isFirst: boolean): Node | undefined {
    const { reader } = this
    const start = reader.at - 1
    if (!reader.skip('?')) return this.capturing(flags, start)
    const token = reader.take() ?? reader.fail('unexpected end of pattern')
    if (token === 'P') return this.namedGroup(flags, start)
    if (token === ':') return this.closed(this.either(flags), start)
    if (token === '#') return this.comment(start)
    if (token === '>') return { kind: 'atomic', body: this.closed(this.either(flags), start) }
    if (token === '=' || token === '!')
      return this.look(flags, start, { isNegated: token === '!', isBehind: false })
    if (token === '<') {
      const kind = reader.take() ?? reader.fail('unexpected end of pattern')
      if (kind !== '=' && kind !== '!')
        return reader.fail(`unknown extension ?<${kind}`, reader.at - kind.length - 2)
      return this.look(flags, start, { isNegated: kind === '!', isBehind: true })
    }
    if (token === '(') return this.conditional(flags, start)
    if (letters.includes(token) || token === '-') return this.flagged(token, { flags, start, isFirst })
    return reader.fail(`unknown extension ?${token}`, reader.at - token.length - 1)
  }

  private closed(body: Node, start: number): Node {
    if (!this.reader.skip(')')) return this.reader.fail('missing ), unterminated subpattern', start)
    // A group of nothing can be repeated, where nothing itself cannot.
    return body.kind === 'all' && body.items.length > 0 ? body : { kind: 'either', options: [body] }
  }

  private capturing(flags: number, start: number, name?: string): Node {
    const group = this.widths.size + 1
    const other = name === undefined ? undefined : this.names.get(name)
    if (name !== undefined && other !== undefined)
      return this.reader.failAtName(
        `redefinition of group name ${repr(name)} as group ${group}; was group ${other}`,
        name,
      )
    if (name !== undefined) this.names.set(name, group)
    this.widths.set(group, undefined)
    const body = this.either(flags)
    this.closed(body, start)
    this.widths.set(group, this.width(body))
    return { kind: 'group', group, body }
  }

  private width(node: Node): Width {
    return widthOf(node, this.widths as ReadonlyMap<number, Width>)
  }

  private namedGroup(flags: number, start: number): Node {
    const { reader } = this
    if (reader.skip('<')) {
      const name = reader.takeName('>')
      reader.checkName(name)
      return this.capturing(flags, start, name)
    }
    if (!reader.skip('=')) {
      const token = reader.take() ?? reader.fail('unexpected end of pattern')
      return reader.fail(`unknown extension ?P${token}`, reader.at - token.length - 2)
    }
    const name = reader.takeName(')')
    reader.checkName(name)
    const group = this.names.get(name) ?? reader.failAtName(`unknown group name ${repr(name)}`, name)
    return this.again(group, flags, Array.from(name).length + 1)
  }

  private comment(start: number): undefined {
    const { reader } = this
    for (let token = reader.take(); token !== ')'; token = reader.take())
      if (token === undefined) reader.fail('missing ), unterminated comment', start)
    return undefined
  }

  private look(flags: number, start: number, how: { isNegated: boolean; isBehind: boolean }): Node {
    const outer = this.groupsBehind
    if (how.isBehind) this.groupsBehind ??= this.widths.size
    const body = this.closed(this.either(flags), start)
    this.groupsBehind = outer
    const [least, most] = this.width(body)
    if (how.isBehind && least !== most)
      this.later.push(() => raise('error', 'look-behind requires fixed-width pattern'))
    return { kind: 'look', body, isNegated: how.isNegated, width: how.isBehind ? least : undefined }
  }

  /** Looking behind, a group must be known before. */
  private checkBehind(group: number): void {
    if (this.groupsBehind === undefined) return
    if (this.widths.get(group) === undefined) this.reader.fail('cannot refer to an open group')
    if (group > this.groupsBehind)
      this.reader.fail('cannot refer to group defined in the same lookbehind subpattern')
  }

  private conditional(flags: number, start: number): Node {
    const { reader } = this
    const name = reader.takeName(')')
    const group = this.condition(name)
    this.checkBehind(group)
    const yes = this.sequence(flags, false)
    const no: Node = reader.skip('|') ? this.sequence(flags, false) : { kind: 'all', items: [] }
    if (reader.peek() === '|') return reader.fail('conditional backref with more than two branches')
    this.closed(yes, start)
    return { kind: 'if', group, yes, no }
  }

  private condition(name: string): number {
    const { reader } = this
    if (!/^\d+$/.test(name)) {
      reader.checkName(name)
      return this.names.get(name) ?? reader.failAtName(`unknown group name ${repr(name)}`, name)
    }
    const group = Number(name)
    const at = reader.at - name.length - 1
    if (group === 0) return reader.fail('bad group number', at)
    this.groupChecks.push(() => {
      if (!this.widths.has(group)) reader.fail(`invalid group reference ${group}`, at)
    })
    return group
  }

  /** `(?i)` at the start, or `(?i-s:…)`. */
  private flagged(
    first: string,
    { flags, start, isFirst }: { flags: number; start: number; isFirst: boolean },
  ): Node | undefined {
    const { reader } = this
    let [token, add, remove]: [string, number, number] = [first, 0, 0]
    for (; letters.includes(token); token = this.afterFlag('missing -, : or )')) {
      add |= this.flag(token)
      if ((add & ofType) !== 0 && (add & ofType & ((add & ofType) - 1)) !== 0)
        return reader.fail("bad inline flags: flags 'a', 'u' and 'L' are incompatible")
    }
    if (token === ')') {
      if (!isFirst) return reader.fail('global flags not at the start of the expression', start)
      this.flags |= add
      return undefined
    }
    if (token === '-')
      for (token = this.afterFlag('missing flag'); token !== ':'; token = this.afterFlag('missing :')) {
        if (!letters.includes(token))
          return reader.fail(remove === 0 ? 'missing flag' : 'missing :', reader.at - 1)
        if ((this.flag(token) & ofType) !== 0)
          return reader.fail("bad inline flags: cannot turn off flags 'a', 'u' and 'L'")
        remove |= this.flag(token)
      }
    else if (token !== ':') return reader.fail('unknown flag', reader.at - token.length)
    if ((add & remove) !== 0) return reader.fail('bad inline flags: flag turned on and off', reader.at - 1)
    const kept = (add & flag.A) === 0 ? ((add & flag.U) === 0 ? flags : flags & ~flag.A) : flags
    return this.closed(this.either((kept | add) & ~remove), start)
  }

  private afterFlag(missing: string): string {
    return this.reader.take() ?? this.reader.fail(missing)
  }

  private flag(letter: string): number {
    if (letter === 'L') return this.reader.fail("bad inline flags: cannot use 'L' flag with a str pattern")
    return flagOf[letter] ?? 0
  }
}

function boundsOf(token: string): Width {
  return token === '?' ? [0, 1] : [token === '+' ? 1 : 0, Infinity]
}

function literal(code: number, flags: number): Node {
  const test: Test = each => each === code
  return { kind: 'one', test: (flags & flag.I) === 0 ? test : anyCase(test, (flags & flag.A) !== 0) }
}
