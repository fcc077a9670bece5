import { entry } from '../entry.ts'

/** What can go wrong while the files of a Delta table are kept in order. */
export const deltaCare = {
  SLUICE_DELTA_RETENTION_SHORT: entry<{ asked: string; least: string }>({
    title: ({ asked, least }) => `VACUUM shall keep files for ${asked}; the table asks for ${least}.`,
    why: () => 'Readers and writers that began before may still need what would be deleted.',
    fix: () => 'Keep them longer, or say `--force` when nobody else works on the table.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DELTA_VERSION_GONE: entry<{ version: number; files: readonly string[]; missing: number }>({
    title: ({ version, missing }) =>
      `Version ${version} cannot be restored: files of it are deleted, ${missing} in all.`,
    why: ({ files }) => `Among them is ${files.join(', ')}.`,
    fix: () => 'Restore a newer version: `sluice lake history` tells them.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_PARTITIONS_UNKNOWN: entry<{ where: string; words: string }>({
    title: ({ where }) => `\`${where}\` does not choose partitions of the table.`,
    why: ({ words }) => words,
    fix: () => 'Use the partition columns alone, which are whole folders of files.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DELTA_LAYOUT_REFUSED: entry<{ column: string; words: string }>({
    title: ({ column }) => `Rows cannot be laid out by \`${column}\`.`,
    why: ({ words }) => words,
    fix: () => 'Name other columns, or none.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DELTA_EXISTS: entry<{ place: string }>({
    title: ({ place }) => `There is a Delta table at \`${place}\` already.`,
    fix: () => 'Name another place.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DELTA_CONVERT_REFUSED: entry<{ place: string; words: string }>({
    title: ({ place }) => `The Parquet files in \`${place}\` do not make up one Delta table.`,
    why: ({ words }) => words,
    fix: () => 'Mend or take away what does not fit, or write the rows into a new table.',
    retry: 'never',
    exit: 1,
  }),
}
