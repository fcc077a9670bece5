import { entry } from '../entry.ts'

/** What can go wrong with a Delta table: reading its log and its files, and committing to it. */
export const delta = {
  SLUICE_DELTA_NOT_A_TABLE: entry<{ place: string }>({
    title: ({ place }) => `There is no Delta table at \`${place}\`.`,
    why: () => 'A Delta table has a folder `_delta_log` with at least one version in it.',
    fix: () => 'Check the path, or write the table first.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DELTA_FEATURE_UNSUPPORTED: entry<{ feature: string; side: 'read' | 'write' }>({
    title: ({ feature, side }) =>
      `The table needs \`${feature}\` of whoever ${side === 'read' ? 'reads' : 'writes'} it, which is not known here.`,
    why: () => 'Going on without it could show wrong rows, or break the table for others.',
    fix: () => 'Use a newer version of Sluice, or drop the feature from the table with the engine that set it.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_DELTA_LOG_BROKEN: entry<{ file: string; words: string }>({
    title: ({ file }) => `\`${file}\` of the table's log is missing or cannot be read.`,
    why: ({ words }) => words,
    fix: () => 'Restore the file from a backup, or read an older version of the table.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_DELTA_VERSION_MISSING: entry<{ version: string; earliest: number; latest: number }>({
    title: ({ version }) => `The table cannot be read as of ${version}.`,
    why: ({ earliest, latest }) => `Its log holds the versions ${earliest} to ${latest}.`,
    fix: () => 'Ask for one of these. How long old versions are kept is `delta.logRetentionDuration`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DELTA_PATH_REFUSED: entry<{ path: string }>({
    title: ({ path }) => `The log names the file \`${path}\`, which lies outside of the table's folder.`,
    why: () => 'A table could make its reader open any file of this machine.',
    fix: () => 'If the table is a shallow clone, name the folder of its source in `readsFrom`.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_DELTA_FILE_MISSING: entry<{ path: string }>({
    title: ({ path }) => `The file \`${path}\` of the table is not there.`,
    why: () => 'The log says that it holds rows of this version; VACUUM may have deleted it.',
    fix: () => 'Read a newer version of the table.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_DELTA_VECTOR_BROKEN: entry<{ file: string; words: string }>({
    title: ({ file }) => `The deletion vector of \`${file}\` cannot be read.`,
    why: ({ words }) => words,
    fix: () => 'Restore the file of the vector from a backup, or read an older version of the table.',
    retry: 'never',
    exit: 3,
  }),
}
