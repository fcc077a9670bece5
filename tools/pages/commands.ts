import { usageOf } from '../../src/cli/arguments.ts'
import { globalOptions, type OptionSpec, type VerbSpec, verbs } from '../../src/cli/index.ts'
import { block, code, made, page, table } from './markdown.ts'
import type { Page } from './pages.ts'

/** Every verb of the command line, from the table that its help is made of. */
export function commandPages(): readonly Page[] {
  const text = page([
    made('src/cli/verbs.ts'),
    '# Commands',
    [
      'Standard output carries what was asked for: rows, JSON, SQL. Words go to standard error.',
      'Exit codes: 0 done · 1 an asset or check failed · 2 the project or the command is wrong ·',
      '3 a system outside could not be reached · 130 interrupted.',
    ].join('\n'),
    table(
      ['command', 'what it does', 'writes'],
      verbs.map(({ name, summary, writes }) => [`[${code(name)}](#${name})`, summary, writes ? 'yes' : '']),
    ),
    '## Options of every command',
    options(globalOptions),
    ...verbs.flatMap(section),
  ])
  return [{ path: 'docs/reference/commands.md', text }]
}

function section(verb: VerbSpec): readonly string[] {
  return [
    `## ${verb.name}`,
    `${verb.summary[0]?.toUpperCase()}${verb.summary.slice(1)}.`,
    block('', [usageOf(verb)]),
    table(
      ['argument', 'what it is'],
      verb.arguments.map(({ name, summary }) => [code(name), summary]),
    ),
    options(verb.options),
    block(
      'sh',
      verb.examples.flatMap(({ command, summary }) => [`# ${summary}`, command]),
    ),
  ]
}

function options(specs: readonly OptionSpec[]): string {
  return table(
    ['option', 'what it does'],
    specs.map(({ name, value, short, many, summary }) => [
      code(`--${name}${value ? ` ${value}` : ''}${short ? `, -${short}` : ''}`),
      `${summary}${many ? '; may stand several times' : ''}`,
    ]),
  )
}
