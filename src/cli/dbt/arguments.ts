import { type DbtCommand, dbtCommands, dbtFlags, type FlagSpec, type FlagValues } from '../../door/index.ts'
import { failure, near } from '../../errors/index.ts'

/** The command line of `sluice dbt`, understood. `command` undefined: none was named. */
export type DbtCommandLine = {
  readonly command: DbtCommand | undefined
  readonly words: readonly string[]
  readonly flags: FlagValues
  readonly help: boolean
  readonly version: boolean
}

/** Other names of commands. */
const alias: { readonly [name: string]: DbtCommand } = {
  ls: 'list',
  freshness: 'source freshness',
  'source snapshot-freshness': 'source freshness',
}

/** Options of every verb of Sluice, which `main` has heard. */
const ours = new Set(['json', 'no-color', 'verbose'])

type Read = {
  readonly words: string[]
  readonly flags: { [name: string]: boolean | string | readonly string[] }
  /** Flags as they were typed, for words on those that the command does not take. */
  readonly typed: { readonly name: string; readonly spec: FlagSpec }[]
  help: boolean
  version: boolean
}

/**
 * Flags may stand before and behind the command. A flag of many values takes all words up to the next flag,
 * as dbt's does, so the words of a command stand before such flags.
 */
export function readDbtArguments(argv: readonly string[]): DbtCommandLine {
  const read: Read = { words: [], flags: {}, typed: [], help: false, version: false }
  const rest = [...argv]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') read.words.push(...rest.splice(0))
    else if (word.startsWith('--')) longFlag(word, rest, read)
    else if (word.startsWith('-') && word.length > 1) shortFlags(word, rest, read)
    else read.words.push(word)
  }
  const { command, words } = commandOf(read.words)
  if (command !== undefined && !read.help) refuseOthers(command, words, read.typed)
  return { command, words, flags: read.flags, help: read.help, version: read.version }
}

function longFlag(word: string, rest: string[], read: Read): void {
  const [name = '', ...values] = word.slice(2).split('=')
  const inline = values.length > 0 ? values.join('=') : undefined
  if (name === 'help') read.help = true
  else if (name === 'version') read.version = true
  else if (!ours.has(name)) take(`--${name}`, { inline, rest, read })
}

/** `-x`, `-xf`, `-s orders`, `-sorders`. */
function shortFlags(word: string, rest: string[], read: Read): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] ?? ''
    if (letter === 'h') read.help = true
    else if (letter === 'v' || letter === 'V') read.version = true
    else if (specOf(`-${letter}`, read).spec.kind === 'on')
      take(`-${letter}`, { inline: undefined, rest, read })
    else {
      const behind = word.slice(at + 1)
      take(`-${letter}`, { inline: behind === '' ? undefined : behind, rest, read })
      return
    }
  }
}

type Taking = { readonly inline: string | undefined; readonly rest: string[]; readonly read: Read }

function take(name: string, { inline, rest, read }: Taking): void {
  const { spec, isContrary } = specOf(name, read)
  read.typed.push({ name, spec })
  if (spec.kind === 'on') {
    if (inline !== undefined) throw failure('SLUICE_CLI_OPTION_VALUE', { option: name, expected: 'no value' })
    read.flags[spec.name] = !isContrary
    return
  }
  const first = inline ?? rest.shift()
  const expected = `a value, ${spec.value ?? 'TEXT'}`
  // A number may be negative; any other value that begins with a dash is a flag whose neighbour forgot its
  // own.
  const isForgotten = inline === undefined && spec.kind !== 'number' && first?.startsWith('-')
  if (first === undefined || isForgotten) throw failure('SLUICE_CLI_OPTION_VALUE', { option: name, expected })
  if (spec.kind !== 'texts') {
    read.flags[spec.name] = first
    return
  }
  const before = read.flags[spec.name]
  const more = inline === undefined ? upToFlag(rest) : []
  read.flags[spec.name] = [...(Array.isArray(before) ? (before as string[]) : []), first, ...more]
}

function upToFlag(rest: string[]): readonly string[] {
  const end = rest.findIndex(word => word.startsWith('-'))
  return rest.splice(0, end < 0 ? rest.length : end)
}

function specOf(name: string, read: Read): { readonly spec: FlagSpec; readonly isContrary: boolean } {
  const plain = name.replace(/^--?/, '')
  const isLong = name.startsWith('--')
  // `-m` is the old name of `-s`.
  const named = (wanted: string) =>
    dbtFlags.find(spec =>
      isLong
        ? spec.name === wanted || spec.also?.includes(wanted)
        : spec.short === (wanted === 'm' ? 's' : wanted),
    )
  const spec = named(plain)
  if (spec) return { spec, isContrary: false }
  const contrary = isLong && plain.startsWith('no-') ? named(plain.slice(3)) : undefined
  if (contrary?.kind === 'on') return { spec: contrary, isContrary: true }
  const [command = ''] = read.words
  throw unknown(`dbt ${command}`.trim(), name)
}

function unknown(verb: string, option: string) {
  const names = dbtFlags.filter(({ summary }) => summary !== '').map(({ name }) => `--${name}`)
  return failure('SLUICE_CLI_OPTION_UNKNOWN', { verb, option, near: near(option, names) })
}

function commandOf(words: readonly string[]): {
  readonly command: DbtCommand | undefined
  readonly words: readonly string[]
} {
  const [first, second = ''] = words
  if (first === undefined) return { command: undefined, words }
  const named = (name: string) => alias[name] ?? dbtCommands.find(command => command === name)
  const pair = named(`${first} ${second}`)
  if (pair) return { command: pair, words: words.slice(2) }
  const command = named(first)
  if (command) return { command, words: words.slice(1) }
  if (first === 'docs' && second === 'serve')
    throw failure('SLUICE_DBT_COMMAND_ABSENT', { command: 'docs serve' })
  if (first === 'init') throw failure('SLUICE_DBT_COMMAND_ABSENT', { command: 'init' })
  const close = near(words.slice(0, 2).join(' ').trim(), dbtCommands)
  const others = close.length > 0 ? close : near(first, dbtCommands)
  throw failure('SLUICE_CLI_VERB_UNKNOWN', { verb: `dbt ${first}`, near: others.map(name => `dbt ${name}`) })
}

function refuseOthers(command: DbtCommand, words: readonly string[], typed: Read['typed']): void {
  for (const { name, spec } of typed)
    if (spec.on && !spec.on.includes(command)) throw unknown(`dbt ${command}`, name)
  const [extra] = words.slice(command === 'run-operation' ? 1 : 0)
  const usage = `sluice dbt ${command} [flags]`
  if (extra !== undefined) throw failure('SLUICE_CLI_ARGUMENT_EXTRA', { argument: extra, usage })
}
