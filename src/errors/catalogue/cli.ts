import { entry, or } from '../entry.ts'

/** What can be wrong with a command. */
export const cli = {
  SLUICE_CLI_VERB_UNKNOWN: entry<{ verb: string; near: readonly string[] }>({
    title: ({ verb }) => `\`sluice ${verb}\` is not a command.`,
    fix: ({ near }) =>
      near.length > 0 ? `Did you mean ${or(near)}?` : '`sluice --help` lists the commands.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_OPTION_UNKNOWN: entry<{ verb: string; option: string; near: readonly string[] }>({
    title: ({ verb, option }) => `\`sluice ${verb}\` has no option \`${option}\`.`,
    fix: ({ verb, near }) =>
      near.length > 0 ? `Did you mean ${or(near)}?` : `\`sluice ${verb} --help\` lists the options.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_OPTION_VALUE: entry<{ option: string; expected: string }>({
    title: ({ option, expected }) => `\`${option}\` takes ${expected}.`,
    fix: ({ option, expected }) => `Give \`${option}\` ${expected}.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_ARGUMENT_MISSING: entry<{ argument: string; usage: string }>({
    title: ({ argument }) => `The command needs ${argument}.`,
    fix: ({ usage }) => `Type \`${usage}\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_ARGUMENT_EXTRA: entry<{ argument: string; usage: string }>({
    title: ({ argument }) => `Nothing is known to do with \`${argument}\`.`,
    fix: ({ usage }) => `Type \`${usage}\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_ASSET_UNKNOWN: entry<{ name: string; near: readonly string[] }>({
    title: ({ name }) => `No asset is called \`${name}\`.`,
    fix: ({ near }) => (near.length > 0 ? `Did you mean ${or(near)}?` : '`sluice check` lists the assets.'),
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_ASSET_NOT_BUILT: entry<{ asset: string }>({
    title: ({ asset }) => `\`${asset}\` has no rows yet: it was never built.`,
    fix: ({ asset }) => `Type \`sluice run +${asset}\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_ASSET_OUTSIDE: entry<{ asset: string; file: string }>({
    title: ({ asset }) => `\`${asset}\` is an export: its rows lie outside the target.`,
    fix: ({ file }) => `\`${file}\` says where they go; show the asset it is made from.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_NO_SQL: entry<{ asset: string; file: string }>({
    title: ({ asset }) => `\`${asset}\` is not made by SQL.`,
    fix: ({ file }) => `\`${file}\` says what makes it.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_COLUMN_UNKNOWN: entry<{ asset: string; column: string; near: readonly string[] }>({
    title: ({ asset, column }) => `\`${asset}\` has no column \`${column}\`.`,
    fix: ({ asset, near }) =>
      near.length > 0 ? `Did you mean ${or(near)}?` : `\`sluice show ${asset} --schema\` lists the columns.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_CODE_UNKNOWN: entry<{ name: string; near: readonly string[] }>({
    title: ({ name }) => `\`${name}\` is neither an error code nor an asset.`,
    fix: ({ near }) =>
      near.length > 0 ? `Did you mean ${or(near)}?` : 'Error codes stand at the end of each error.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_RUN_UNKNOWN: entry<{ run: string }>({
    title: ({ run }) => `The ledger has no run \`${run}\`.`,
    fix: () => '`sluice logs --list` lists the runs.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_QUERY: entry<{ words: string }>({
    title: () => 'The query does not run.',
    why: ({ words }) => words,
    fix: () => 'Mend the query. `sluice show ASSET --schema` lists columns.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_NO_RUNS: entry<Record<never, never>>({
    title: () => 'Nothing has been run in this project.',
    fix: () => 'Type `sluice run`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_FILE_EXISTS: entry<{ files: readonly string[]; folder: string }>({
    title: ({ folder }) => `There are files in \`${folder}\` that a new project would overwrite.`,
    why: ({ files }) =>
      `${files.slice(0, 3).join(', ')}${files.length > 3 ? ` and ${files.length - 3} more` : ''}`,
    fix: () => 'Name a folder that does not exist yet: `sluice init NAME`. Nothing was written.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_NAME: entry<{ name: string }>({
    title: ({ name }) => `\`${name}\` cannot be the name of a project.`,
    fix: () => 'Use letters, digits, `-` and `_`, a letter first.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_FOLDER_NOT_FOUND: entry<{ folder: string }>({
    title: ({ folder }) => `There is no folder \`${folder}\`.`,
    fix: () => 'Give `--project` a folder that exists.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CLI_OUTPUT: entry<{ words: string }>({
    title: () => 'The answer could not be written to standard output.',
    why: ({ words }) => words,
    fix: () => 'See where the output goes (is the disk full?), then type the command again.',
    retry: 'later',
    exit: 1,
  }),
}
