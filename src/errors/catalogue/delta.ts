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
      `The table needs \`${feature}\` of whoever ${side === 'read' ? 'reads' : 'writes'} it: not known here.`,
    why: () => 'Going on without it could show wrong rows, or break the table for others.',
    fix: () =>
      'Use a newer version of Sluice, or drop the feature from the table with the engine that set it.',
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
  SLUICE_DELTA_MERGE_AMBIGUOUS: entry<{ rows: number }>({
    title: ({ rows }) => `${rows} rows of the target match more than one row of the source.`,
    why: () => 'Which of them a MERGE should follow is not defined; nothing was written.',
    fix: () =>
      'Make the rows of the source unique by the key, or narrow the condition: ' +
      '`qualify row_number() over (partition by key order by updated desc) = 1`.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_COLUMN_NOT_FOUND: entry<{ column: string; what: string }>({
    title: ({ column, what }) => `${what} has no column \`${column}\`.`,
    fix: () => 'Check the spelling, or add the column first; `schemaEvolution` adds those of a source.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_POSITION_UNKNOWN: entry<{ path: string }>({
    title: ({ path }) => `Rows of \`${path}\` were to go, which is no live file of the table.`,
    fix: () => 'Take `_file` and `_pos` from a scan of the same transaction.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_DELTA_CONFLICT: entry<{ what: string; version: number; operation: string }>({
    title: ({ what }) => `Another writer was first: ${what}.`,
    why: ({ version, operation }) => `That is version ${version} of the table, by ${operation}.`,
    fix: () => 'Nothing was written; do it again on the table as it is now.',
    retry: 'later',
    exit: 1,
  }),
  SLUICE_DELTA_CROWDED: entry<{ attempts: number; version: number }>({
    title: ({ attempts }) => `Other writers were first ${attempts} times in a row.`,
    why: ({ version }) => `The table is at version ${version} by now.`,
    fix: () => 'Nothing was written; do it again when there are fewer writers.',
    retry: 'later',
    exit: 3,
  }),
  SLUICE_DELTA_APPEND_ONLY: entry<{ operation: string }>({
    title: ({ operation }) => `The table only takes new rows, and ${operation} changes or removes some.`,
    why: () => 'Its property `delta.appendOnly` is true.',
    fix: () => 'Set `delta.appendOnly` to false if that is not meant any more.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_PARTITION_VALUE: entry<{ column: string; words: string }>({
    title: ({ column, words }) => `\`${column}\` cannot be written as a partition column: ${words}.`,
    why: () => 'The log of a Delta table keeps values of partitions as texts.',
    fix: ({ column }) =>
      `Write NULL in its place, \`nullif("${column}", '')\`, or partition by another column.`,
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_TRANSACTION_OVER: entry<{ how: string }>({
    title: ({ how }) => `The transaction was ${how} already.`,
    fix: () => 'Begin a new one.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_OUTSIDE: entry<{ rows: number; where: string }>({
    title: ({ rows, where }) =>
      `${rows === 1 ? '1 row lies' : `${rows} rows lie`} outside of \`${where}\`, which is to be replaced.`,
    why: () => 'Rows that stand there would be doubled.',
    fix: () => 'Filter the new rows by the same condition.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_ROWS_UNFIT: entry<{ rows: number; reason: string }>({
    title: ({ rows }) => `${rows === 1 ? 'A row does' : `${rows} rows do`} not fit the table's columns.`,
    why: ({ reason }) => `Of the first: ${reason}. Nothing was written.`,
    fix: () => 'Give values that the columns hold, or widen the column before.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_INSTANT: entry<{ words: string }>({
    title: ({ words }) => `\`${words}\` is no instant.`,
    fix: () => "Write ISO 8601, such as `'2026-01-31T05:00:00Z'`, or give a Date.",
    retry: 'never',
    exit: 2,
  }),
}
