import { parseArgs } from 'node:util'
import { failure, near } from '../errors/index.ts'
import type { OptionValues } from './call.ts'
import { globalOptions, type OptionSpec, type VerbSpec, verbs } from './verbs.ts'

/** A command line, understood. `verb` undefined: none was named. */
export type Command = {
  readonly verb: VerbSpec | undefined
  readonly words: readonly string[]
  readonly options: OptionValues
}

type Token = ReturnType<typeof tokensOf>[number]
type OptionToken = Extract<Token, { kind: 'option' }>

/**
 * Options may stand before and behind the verb. Node's own parser cuts the words; what it would refuse in its
 * own words is refused here, with the near name.
 */
export function readArguments(argv: readonly string[]): Command {
  const own = withOwnArguments(argv)
  if (own) return own
  const tokens = tokensOf(argv)
  const positionals = tokens.flatMap(token => (token.kind === 'positional' ? [token.value] : []))
  // `sluice help run` is what many type first.
  const isHelp = positionals[0] === 'help'
  const [first, ...words] = isHelp ? positionals.slice(1) : positionals
  const verb = first === undefined ? undefined : verbOf(first)
  const given = optionsOf(
    tokens.filter(token => token.kind === 'option'),
    verb,
  )
  const options: OptionValues = isHelp ? { ...given, help: true } : given
  if (verb && options.help === undefined) checkWords(verb, words)
  return { verb, words, options }
}

/** A verb with a reader of its own gets all that stands behind it, as it stands. */
function withOwnArguments(argv: readonly string[]): Command | undefined {
  const words = tokensOf(argv).filter(token => token.kind === 'positional')
  const first = words.find(({ value }) => value !== 'help')
  const verb = verbs.find(({ name, readsItself }) => readsItself && name === first?.value)
  if (!first || !verb) return undefined
  const before = argv.slice(0, first.index)
  const { options } = readArguments(before.filter(word => word !== 'help'))
  const asksHelp = before.includes('help') ? ['--help'] : []
  return { verb, words: [...argv.slice(first.index + 1), ...asksHelp], options }
}

/** Is `--name` among the arguments? For what must be known even when the command is wrong. */
export function mentions(argv: readonly string[], name: string): boolean {
  return tokensOf(argv).some(token => token.kind === 'option' && token.name === name)
}

/** `sluice run [selection…] [--exclude SELECTION]` without its options. */
export function usageOf(verb: VerbSpec): string {
  const words = verb.arguments.map(({ name, required, many }) => {
    const word = many ? `${name}…` : name
    return required ? word.toUpperCase() : `[${word}]`
  })
  return ['sluice', verb.name, ...words].join(' ')
}

/** One option of one name has one shape in all verbs, so the words can be cut before the verb is known. */
function tokensOf(argv: readonly string[]) {
  const specs = [...globalOptions, ...verbs.flatMap(verb => verb.options)]
  const options = Object.fromEntries(
    specs.map(({ name, value, short }) => [
      name,
      { type: value ? ('string' as const) : ('boolean' as const), ...(short ? { short } : {}) },
    ]),
  )
  return parseArgs({ args: [...argv], options, strict: false, tokens: true, allowPositionals: true }).tokens
}

function verbOf(name: string): VerbSpec {
  const found = verbs.find(verb => verb.name === name)
  if (found) return found
  const names = verbs.map(verb => verb.name)
  throw failure('SLUICE_CLI_VERB_UNKNOWN', { verb: name, near: near(name, names) })
}

function optionsOf(tokens: readonly OptionToken[], verb: VerbSpec | undefined): OptionValues {
  const specs = [...(verb?.options ?? []), ...globalOptions]
  const values: { [name: string]: true | string | readonly string[] } = {}
  for (const token of tokens) {
    const spec = specs.find(({ name }) => name === token.name)
    if (!spec) throw unknownOption(token, specs, verb)
    const value = valueOf(token, spec)
    const before = values[spec.name]
    const list = Array.isArray(before) ? before : []
    values[spec.name] = spec.many && typeof value === 'string' ? [...list, value] : value
  }
  return values
}

function unknownOption(token: OptionToken, specs: readonly OptionSpec[], verb: VerbSpec | undefined) {
  const names = specs.map(({ name }) => `--${name}`)
  return failure('SLUICE_CLI_OPTION_UNKNOWN', {
    verb: verb?.name ?? '',
    option: token.rawName,
    near: near(token.rawName, names),
  })
}

function valueOf(token: OptionToken, spec: OptionSpec): true | string {
  const option = token.rawName
  if (spec.value === undefined) {
    if (token.value !== undefined) throw failure('SLUICE_CLI_OPTION_VALUE', { option, expected: 'no value' })
    return true
  }
  const { value } = token
  // `--from --to x`: the value was forgotten; a value that really begins with a dash is written `--from=-x`.
  const forgotten = value === undefined || value === '' || (!token.inlineValue && value.startsWith('-'))
  if (forgotten) throw failure('SLUICE_CLI_OPTION_VALUE', { option, expected: `a value, ${spec.value}` })
  return value
}

function checkWords(verb: VerbSpec, words: readonly string[]): void {
  const usage = usageOf(verb)
  const missing = verb.arguments.find((argument, place) => argument.required && words[place] === undefined)
  if (missing) throw failure('SLUICE_CLI_ARGUMENT_MISSING', { argument: `\`${missing.name}\``, usage })
  const many = verb.arguments.some(argument => argument.many)
  const extra = words[verb.arguments.length]
  if (extra !== undefined && !many) throw failure('SLUICE_CLI_ARGUMENT_EXTRA', { argument: extra, usage })
}
