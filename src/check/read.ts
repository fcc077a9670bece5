import { near } from '../errors/index.ts'
import { type Check, type CheckName, durationMs, type Json, type Severity } from '../model/index.ts'
import { parseDecimal } from './decimal.ts'
import { patternProblem } from './pattern.ts'
import { checkId } from './promise.ts'
import { type ArgSpec, type CheckSpec, isCheckName, vocabulary } from './vocabulary.ts'
import { strengthsOf, type Word, wordsOf } from './words.ts'

/** A check, or why it is none: words for people, and names that were probably meant. */
export type ReadCheck =
  | { readonly ok: true; readonly check: Check }
  | { readonly ok: false; readonly words: string; readonly near: readonly string[] }

/** A check as a program says it. Numbers may be numbers, bigints' digits or text. */
export type CheckWish = {
  readonly check: CheckName
  readonly columns?: readonly string[]
  readonly args?: { readonly [name: string]: Json }
  readonly severity?: Severity
  readonly mostly?: number
  readonly where?: string
}

/**
 * The words of a fact in a comment, as a check. `column`: the column whose comment it stands in; without
 * one, a check of a column names it first. Grammar: arguments in the vocabulary's order, then, in any
 * order, `warn`, `error` or `quarantine`, `mostly 0.95`, `where (predicate)`. Words are parted by white
 * space or commas; '…' keeps one together.
 * @example readCheck('in', 'DE FR IN warn', 'country')
 */
export function readCheck(name: string, words: string, column?: string): ReadCheck {
  if (!isCheckName(name)) return unknown(name)
  const spec = vocabulary[name]
  const { rest, strengths } = strengthsOf(words)
  if ('problem' in strengths) return no(spec, strengths.problem)
  if (spec.on === 'table' && column !== undefined && name !== 'expression') {
    return no(spec, `\`${name}\` speaks of the whole table: write it above the query`)
  }
  const read = argumentsOf(name, rest, column)
  if ('problem' in read) return no(spec, read.problem)
  return checkOf({ check: name, columns: read.columns, args: read.args, ...strengths })
}

/** A check from its parts, proven: every argument there, of its type, and nothing else. */
export function checkOf(wish: CheckWish): ReadCheck {
  if (wish.check !== 'query' && !isCheckName(wish.check)) return unknown(String(wish.check))
  const spec = vocabulary[wish.check]
  const columns = wish.columns ?? []
  const args: { [name: string]: Json } = {}
  for (const [name, value] of Object.entries(wish.args ?? {})) {
    const arg = spec.args.find(a => a.name === name)
    if (arg === undefined) {
      return no(
        spec,
        `\`${wish.check}\` has no argument \`${name}\``,
        near(
          name,
          spec.args.map(a => a.name),
        ),
      )
    }
    if (value === null || value === undefined) continue
    const read = argumentOf(arg, value)
    if ('problem' in read) return no(spec, read.problem)
    args[name] = read.value
  }
  const check = {
    check: wish.check,
    columns,
    args,
    severity: wish.severity ?? 'error',
    mostly: wish.mostly ?? 1,
  }
  const whole = wish.where === undefined ? check : { ...check, where: wish.where }
  const problem = wholeProblem(whole, spec)
  return problem === undefined ? { ok: true, check: { ...whole, id: checkId(whole) } } : no(spec, problem)
}

function wholeProblem(check: Omit<Check, 'id'>, spec: CheckSpec): string | undefined {
  const { check: name, args } = check
  const missing = spec.args.filter(arg => arg.required && args[arg.name] === undefined).map(arg => arg.name)
  if (missing.length > 0) return `\`${name}\` needs ${missing.join(' and ')}`
  return columnsProblem(check, spec) ?? strengthProblem(check, spec) ?? rangeProblem(args)
}

function columnsProblem({ check: name, columns }: Omit<Check, 'id'>, spec: CheckSpec): string | undefined {
  if (spec.on === 'column' && columns.length !== 1) return `\`${name}\` speaks of one column`
  if (spec.on === 'columns' && columns.length === 0) return `\`${name}\` needs a column`
  if (spec.on === 'table' && columns.length > 0) {
    return `\`${name}\` speaks of the whole table, not of a column`
  }
  return new Set(columns).size === columns.length ? undefined : `\`${name}\` names a column twice`
}

function strengthProblem(check: Omit<Check, 'id'>, spec: CheckSpec): string | undefined {
  const { check: name, mostly, where, severity } = check
  if (!(mostly >= 0 && mostly <= 1)) return '`mostly` is a share: 0 to 1'
  if (mostly !== 1 && !spec.counts) return `\`${name}\` does not count rows, so \`mostly\` means nothing`
  if (where?.trim() === '') return '`where` is empty'
  if (where !== undefined && (spec.kind === 'metadata' || spec.kind === 'history')) {
    return `\`${name}\` does not look at rows, so \`where\` means nothing`
  }
  if (severity !== 'quarantine') return undefined
  if (mostly !== 1) return '`quarantine` refuses every row that fails, so `mostly` means nothing'
  if (spec.kind === 'row') return undefined
  return `\`quarantine\` refuses single rows, and \`${name}\` is not about single rows: use error or warn`
}

function rangeProblem(args: Check['args']): string | undefined {
  const [min, max] = [args['min'], args['max']].map(value => parseDecimal(String(value ?? '')))
  if (min === undefined || max === undefined) return undefined
  const scale = Math.max(min.scale, max.scale)
  const at = (d: { units: bigint; scale: number }) => d.units * 10n ** BigInt(scale - d.scale)
  return at(min) > at(max)
    ? `nothing lies between ${String(args['min'])} and ${String(args['max'])}`
    : undefined
}

type Read = { columns: readonly string[]; args: { readonly [name: string]: Json } } | { problem: string }

/** Positional words → columns and arguments by name. */
function argumentsOf(name: CheckName, rest: string, column: string | undefined): Read {
  const spec = vocabulary[name]
  const words = wordsOf(rest)
  if ('problem' in words) return words
  let left = words.words
  let columns: readonly string[] = column === undefined ? [] : [column]
  if (spec.on === 'columns') {
    const named = left.map(word => word.text)
    columns = column === undefined || named.includes(column) ? named : [column, ...named]
    left = []
  } else if (spec.on === 'column' && column === undefined) {
    columns = left.slice(0, 1).map(word => word.text)
    left = left.slice(1)
  }
  if (name === 'relationships') left = left.length === 1 && left[0] ? splitPath(left[0]) : left
  return { columns, ...positional(spec, left, rest) }
}

function positional(
  spec: CheckSpec,
  words: readonly Word[],
  rest: string,
): { args: { readonly [name: string]: Json } } | { problem: string } {
  const args: { [name: string]: Json } = {}
  let next = 0
  for (const arg of spec.args) {
    const word = words[next]
    if (word === undefined) break
    if (arg.type === 'flag' && word.text !== arg.name) break
    if (arg.type === 'values' || arg.type === 'names') args[arg.name] = words.slice(next).map(w => w.text)
    else if (arg.type === 'duration')
      args[arg.name] = words
        .slice(next)
        .map(w => w.text)
        .join(' ')
    else if (arg.type === 'predicate') args[arg.name] = predicateOf(words.slice(next), rest)
    else args[arg.name] = arg.type === 'flag' ? true : word.text
    const takesAll = ['values', 'names', 'predicate', 'duration'].includes(arg.type)
    next = takesAll ? words.length : next + 1
  }
  const surplus = words[next]
  return surplus === undefined ? { args } : { problem: `\`${surplus.text}\` is one word too many` }
}

/** SQL as it stands; kept together by '…' it is what stands inside. */
function predicateOf(words: readonly Word[], rest: string): string {
  const [first, second] = words
  if (first === undefined) return ''
  const quoted = second === undefined && rest.charAt(first.from) === "'"
  return quoted ? first.text : rest.slice(first.from).trim()
}

/** `staging.customers.id` → the asset and its column. */
function splitPath(word: Word): readonly Word[] {
  const dot = word.text.lastIndexOf('.')
  if (dot <= 0) return [word]
  return [
    { ...word, text: word.text.slice(0, dot) },
    { ...word, text: word.text.slice(dot + 1) },
  ]
}

type Argument = { readonly value: Json } | { readonly problem: string }

function argumentOf(arg: ArgSpec, value: Json): Argument {
  if (arg.type === 'values' || arg.type === 'names') {
    const list = Array.isArray(value) ? value.map(String) : []
    return list.length === 0 ? { problem: `\`${arg.name}\` names nothing` } : { value: list }
  }
  if (arg.type === 'flag')
    return value === true || value === false ? { value } : { problem: `\`${arg.name}\` is true or false` }
  if (typeof value === 'object') return { problem: `\`${arg.name}\` is one value` }
  const text = String(value)
  const problem = textProblem(arg, text)
  if (problem !== undefined) return { problem }
  return { value: arg.type === 'share' || arg.type === 'ratio' ? shareText(text) : text }
}

function textProblem(arg: ArgSpec, text: string): string | undefined {
  if (text.trim() === '' && arg.type !== 'value') return `\`${arg.name}\` is empty`
  if (arg.type === 'number' && parseDecimal(text) === undefined) return `\`${text}\` is not a number`
  if (arg.type === 'duration' && durationMs(text) === undefined) {
    return `\`${text}\` is not a duration such as \`2 hours\``
  }
  if (arg.type === 'share' && !isShare(shareText(text))) return `\`${text}\` is not a share, 0 to 1`
  if (arg.type === 'ratio' && !isRatio(shareText(text))) return `\`${text}\` is not a share such as \`0.2\``
  if (arg.type === 'pattern') {
    const problem = patternProblem(text)
    return problem === undefined ? undefined : `\`${text}\` is not a regular expression of RE2: ${problem}`
  }
  return undefined
}

/** `5%` → `0.05`, digit for digit. */
function shareText(text: string): string {
  const share = text.endsWith('%') ? parseDecimal(text.slice(0, -1)) : undefined
  if (share === undefined) return text
  const digits = share.units.toString().padStart(share.scale + 3, '0')
  return `${digits.slice(0, -(share.scale + 2))}.${digits.slice(-(share.scale + 2))}`
}

function isShare(text: string): boolean {
  const share = parseDecimal(text)
  return isRatio(text) && share !== undefined && share.units <= 10n ** BigInt(share.scale)
}

function isRatio(text: string): boolean {
  const ratio = parseDecimal(text)
  return ratio !== undefined && ratio.units >= 0n
}

function unknown(name: string): ReadCheck {
  const names = Object.keys(vocabulary).filter(isCheckName)
  return { ok: false, words: `There is no check \`${name}\`.`, near: near(name, names) }
}

function no(spec: CheckSpec, problem: string, probably: readonly string[] = []): ReadCheck {
  const said = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}`
  return { ok: false, words: `${said}. Write it as \`${spec.example.sql}\`.`, near: probably }
}
