import { entry } from '../entry.ts'

/** What can go wrong with data files. */
export const parquet = {
  SLUICE_PARQUET_BROKEN: entry<{ file: string; words: string }>({
    title: ({ file }) => `The data file \`${file}\` cannot be read.`,
    why: ({ words }) => words,
    fix: () =>
      'Restore it from a backup, or build the table anew that it belongs to. `sluice lake fsck` looks at ' +
      'the other files of a table.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_PARQUET_FOOTER: entry<{ words: string }>({
    title: () => 'The footer of a Parquet file cannot be read.',
    why: ({ words }) => words,
    fix: () => 'Restore the file from a backup, or rebuild the table that it belongs to.',
    retry: 'never',
    exit: 3,
  }),
}
