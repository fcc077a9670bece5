import { type DbtCommand, dbtCommands, dbtFlags, type FlagSpec } from '../../door/index.ts'
import type { Palette } from './palette.ts'
import { columnsOf } from './table.ts'

const summaries: { readonly [command in DbtCommand]: string } = {
  build: 'seeds, models, snapshots and tests, each when what it reads is done and tested',
  run: 'models',
  test: 'tests of data, and unit tests',
  seed: 'tables from the CSV files of the project',
  snapshot: 'how rows change over time',
  clone: 'relations of --state, copied here',
  retry: 'what failed or was skipped in the last command',
  parse: 'read the project, and write its manifest',
  compile: 'code as it would be executed',
  list: 'what is selected; also `ls`',
  show: 'the first rows of a query',
  'run-operation': 'call one macro',
  'source freshness': 'how old the newest rows of sources are',
  'docs generate': 'catalog.json and manifest.json, from which pages of documentation are made',
  deps: 'install the packages that the project asks for',
  doctor: 'what of the project is not supported, with file and line',
  debug: 'is the project readable, the database reachable?',
  clean: 'remove what `clean-targets` names',
}

/** All commands, or one of them with its flags. */
export function dbtHelp(command: DbtCommand | undefined, palette: Palette): string[] {
  if (command === undefined)
    return [
      'sluice dbt: run a dbt project as it stands, by the commands and flags of dbt',
      '',
      `usage  ${palette.place('sluice dbt COMMAND [flags]')}`,
      '',
      'commands',
      ...listed(dbtCommands.map(name => [name, summaries[name]])),
      '',
      palette.dim('exit codes  0 done · 1 a node or test failed · 2 the project or command is wrong'),
      palette.dim('sluice dbt COMMAND --help  lists its flags'),
    ]
  const flags = dbtFlags.filter(
    ({ summary, on }) => summary !== '' && (on === undefined || on.includes(command)),
  )
  return [
    `sluice dbt ${command}  ${summaries[command]}`,
    '',
    `usage  ${palette.place(`sluice dbt ${command}${command === 'run-operation' ? ' MACRO' : ''} [flags]`)}`,
    '',
    'flags',
    ...listed(flags.map(flagRow)),
    '',
    palette.dim('other flags of dbt that have no meaning here are taken in silence'),
  ]
}

function listed(rows: readonly (readonly string[])[]): string[] {
  return columnsOf(rows).map(line => `  ${line}`)
}

function flagRow({ name, short, value, summary }: FlagSpec): readonly string[] {
  const long = value ? `--${name} ${value}` : `--${name}`
  return [short ? `-${short}, ${long}` : `    ${long}`, summary]
}
