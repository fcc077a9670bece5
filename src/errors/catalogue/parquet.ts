import { entry } from '../entry.ts'

/** What can go wrong with data files. */
export const parquet = {
  SLUICE_PARQUET_FOOTER: entry<{ words: string }>({
    title: () => 'The footer of a Parquet file cannot be read.',
    why: ({ words }) => words,
    fix: () => 'Restore the file from a backup, or rebuild the table that it belongs to.',
    retry: 'never',
    exit: 3,
  }),
}
