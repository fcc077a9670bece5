import { entry, or } from '../entry.ts'

/** What can go wrong at the place where assets live, and while rows are put there. */
export const target = {
  SLUICE_TARGET_LOCKED: entry<{ path: string; holder: string; pid: string }>({
    title: ({ path }) => `The database file \`${path}\` is held by another process.`,
    why: ({ holder, pid }) =>
      pid === '' ? 'A DuckDB file has one writer at a time.' : `Process ${pid} (${holder}) has it open.`,
    fix: ({ pid }) =>
      pid === '' ? 'Close the other program.' : `Close it, or wait for it: \`ps -p ${pid}\`.`,
    retry: 'later',
    exit: 3,
  }),
  SLUICE_TARGET_NOT_FOUND: entry<{ path: string }>({
    title: ({ path }) => `There is no database file \`${path}\`.`,
    fix: () => 'Build the project first: `sluice run`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_TARGET_UNREADABLE: entry<{ path: string; words: string }>({
    title: ({ path }) => `\`${path}\` cannot be opened as a DuckDB database.`,
    why: ({ words }) => words,
    fix: ({ path }) =>
      `Move the file away to start anew, or restore it from a backup: \`mv ${path} ${path}.broken\`.`,
    retry: 'never',
    exit: 3,
  }),
  SLUICE_TARGET_UNWRITABLE: entry<{ path: string; words: string }>({
    title: ({ path }) => `\`${path}\` cannot be written.`,
    why: ({ words }) => words,
    fix: () => 'Give this user the right to write there, or name another file as the target.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_TARGET_DISK_FULL: entry<{ path: string }>({
    title: ({ path }) => `The disk under \`${path}\` is full.`,
    why: () => 'Nothing of this step was kept; readers see the last good version.',
    fix: ({ path }) => `Free some room and run again: \`df -h ${path}\`.`,
    retry: 'never',
    exit: 3,
  }),
  SLUICE_TARGET_MEMORY: entry<{ words: string }>({
    title: () => 'The query needs more memory than DuckDB may use.',
    why: ({ words }) => words,
    fix: () => 'Raise `limits.memoryBytesMax` in `sluice.config.ts`, or make the step smaller by partitions.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_TARGET_CONFLICT: entry<{ words: string }>({
    title: () => 'Another writer changed the same table at the same moment.',
    why: ({ words }) => words,
    fix: () => 'Nothing was written; the step is tried again.',
    retry: 'later',
    exit: 1,
  }),
  SLUICE_TARGET_QUERY: entry<{ words: string }>({
    title: () => 'The database refused a query.',
    why: ({ words }) => words,
    fix: () => 'Mend the SQL of the asset or check that is named above.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_TARGET_CANCELLED: entry<Record<never, never>>({
    title: () => 'The work at the database was cancelled.',
    fix: () => 'Nothing was kept; run again when you like.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_TARGET_CLOSED: entry<{ what: string }>({
    title: ({ what }) => `The ${what} is closed already.`,
    fix: () => 'Open it again before using it.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_TARGET_OPTION: entry<{ option: string; wanted: string }>({
    title: ({ option, wanted }) => `\`${option}\` of the target must be ${wanted}.`,
    fix: ({ option, wanted }) => `Give \`${option}\` as ${wanted}, where the target is declared.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_TYPE_CONFLICT: entry<{ table: string; column: string; stands: string; comes: string }>({
    title: ({ table, column, stands, comes }) =>
      `\`${table}.${column}\` is ${stands}, and the new rows have ${comes} there.`,
    why: () => 'A column that holds rows is only ever widened.',
    fix: ({ stands }) => `Cast it to ${stands} in the asset, or give the column a new name.`,
    retry: 'never',
    exit: 1,
  }),
  SLUICE_WRITE_KEY_MISSING: entry<{ table: string; strategy: string }>({
    title: ({ table, strategy }) => `\`${table}\` is written by \`${strategy}\` and has no key.`,
    fix: () => 'Say which columns make a row itself: `@key id`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_WRITE_COLUMN_MISSING: entry<{ table: string; column: string; near: readonly string[] }>({
    title: ({ table, column }) => `The rows for \`${table}\` have no column \`${column}\`.`,
    fix: ({ near }) => (near.length > 0 ? `They have ${or(near)}.` : 'Add it to the SELECT.'),
    retry: 'never',
    exit: 2,
  }),
  SLUICE_WRITE_COLUMN_RESERVED: entry<{ table: string; column: string; strategy: string }>({
    title: ({ table, column, strategy }) =>
      `The rows for \`${table}\` have a column \`${column}\`, which \`${strategy}\` writes itself.`,
    fix: () => 'Give the column another name in the SELECT.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_WRITE_OUTSIDE_PARTITION: entry<{ table: string; rows: number; first: string; last: string }>({
    title: ({ table, rows, first, last }) =>
      `${rows === 1 ? '1 row' : `${rows} rows`} for \`${table}\` ${rows === 1 ? 'lies' : 'lie'} outside of ` +
      `${first === last ? first : `${first} to ${last}`}.`,
    why: () =>
      'A step writes exactly the partitions it owns; these rows would be counted twice by the next one.',
    fix: () => 'Make the query keep to its partition: filter on the partition column.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_UNLOAD_EXISTS: entry<{ path: string }>({
    title: ({ path }) => `\`${path}\` exists already.`,
    fix: () => 'Name a new file.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_FILE_BROKEN: entry<{ file: string; format: string; words: string }>({
    title: ({ file, format }) => `\`${file}\` cannot be read as ${format}.`,
    why: ({ words }) => words,
    fix: () => 'Fetch the file again; if it has another format, say so: `files(…, { format })`.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_FILE_EMPTY: entry<{ files: readonly string[] }>({
    title: ({ files }) =>
      files.length === 1 ? `\`${files[0]}\` is empty.` : `All ${files.length} files are empty.`,
    why: () => 'There are no columns to make a table of, and none are known from an earlier load.',
    fix: () => 'Fetch the file again, or declare the columns of the asset.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_CONFORMANCE: entry<{ promise: string; found: string }>({
    title: ({ promise }) => `The connector breaks its promise: ${promise}.`,
    why: ({ found }) => found,
    fix: () => 'Mend the connector; the promise stands in `sluice/connect`.',
    retry: 'never',
    exit: 1,
  }),
}
