import { usageOf } from '../arguments.ts'
import { globalOptions, type OptionSpec, type VerbSpec, verbs } from '../verbs.ts'
import type { Palette } from './palette.ts'
import { columnsOf, pad } from './table.ts'

const groups: readonly { readonly name: VerbSpec['group']; readonly title: string }[] = [
  { name: 'make', title: 'make' },
  { name: 'look', title: 'look' },
  { name: 'mend', title: 'mend' },
]

/** One column through all groups. */
const verbWidth = Math.max(...verbs.map(({ name }) => name.length))

/** All verbs, one line each. */
export function help(palette: Palette): string[] {
  return [
    'sluice: load, model, check and watch data as one graph of assets',
    '',
    `usage  ${palette.place('sluice VERB [arguments] [options]')}`,
    ...groups.flatMap(({ name, title }) => [
      '',
      title,
      ...listed(
        verbs.filter(verb => verb.group === name).map(verb => [pad(verb.name, verbWidth), verb.summary]),
      ),
    ]),
    '',
    'options of every verb',
    ...listed(globalOptions.map(optionRow)),
    '',
    palette.dim('exit codes  0 done · 1 an asset or check failed · 2 the project or command is wrong'),
    palette.dim('            3 a system outside could not be reached · 130 interrupted'),
    palette.dim('sluice VERB --help  tells more of one verb'),
  ]
}

/** One verb, whole. */
export function helpOf(verb: VerbSpec, palette: Palette): string[] {
  return [
    `sluice ${verb.name}  ${verb.summary}`,
    '',
    `usage  ${palette.place(`${usageOf(verb)}${verb.options.length > 0 ? ' [options]' : ''}`)}`,
    ...section(
      'arguments',
      verb.arguments.map(({ name, summary }) => [name, summary]),
    ),
    ...section('options', verb.options.map(optionRow)),
    ...section('options of every verb', globalOptions.map(optionRow)),
    ...section(
      'examples',
      verb.examples.map(({ command, summary }) => [command, summary]),
    ),
  ]
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : ['', title, ...listed(rows)]
}

function listed(rows: readonly (readonly string[])[]): string[] {
  return columnsOf(rows).map(line => `  ${line}`)
}

function optionRow({ name, value, short, summary, many }: OptionSpec): readonly string[] {
  const long = value ? `--${name} ${value}` : `--${name}`
  return [short ? `-${short}, ${long}` : long, many ? `${summary}; may stand several times` : summary]
}
