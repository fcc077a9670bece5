import { entry } from '../entry.ts'

/** What can go wrong with the memory of a project. */
export const ledger = {
  SLUICE_LEDGER_BUSY: entry<{ path: string; waitedMs: number }>({
    title: ({ path, waitedMs }) => `The ledger \`${path}\` stayed locked for ${waitedMs} ms.`,
    why: () => 'Another process holds a transaction open, or the disk is very slow.',
    fix: () => 'Run again; if it stays so, look for a stopped `sluice` process and end it.',
    retry: 'later',
    exit: 3,
  }),
  SLUICE_LEDGER_FULL: entry<{ path: string }>({
    title: ({ path }) => `There is no room on the disk of the ledger \`${path}\`.`,
    why: () => 'What was being recorded is not recorded; everything before it is.',
    fix: () => 'Free some space on that disk and run again.',
    retry: 'later',
    exit: 3,
  }),
  SLUICE_LEDGER_UNWRITABLE: entry<{ path: string; words: string }>({
    title: ({ path }) => `The ledger \`${path}\` cannot be written.`,
    why: ({ words }) => words,
    fix: ({ path }) => `Make the folder of \`${path}\` writable for you, or run where it is.`,
    retry: 'never',
    exit: 3,
  }),
  SLUICE_LEDGER_UNREADABLE: entry<{ path: string; words: string }>({
    title: ({ path }) => `The ledger \`${path}\` cannot be read.`,
    why: ({ words }) => words,
    fix: ({ path }) => `Make \`${path}\` and its folder readable for you.`,
    retry: 'never',
    exit: 3,
  }),
  SLUICE_LEDGER_CORRUPT: entry<{ path: string; words: string }>({
    title: ({ path }) => `\`${path}\` is not a ledger, or it is damaged.`,
    why: ({ words }) => words,
    fix: ({ path }) =>
      `Bring \`${path}\` back from a backup, or move it away: the next run then begins anew.`,
    retry: 'never',
    exit: 3,
  }),
  SLUICE_LEDGER_BROKEN: entry<{ path: string; words: string }>({
    title: ({ path }) => `The ledger \`${path}\` refused a statement.`,
    why: ({ words }) => words,
    fix: () => '`sluice doctor` gathers what a report needs.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_LEDGER_NEWER: entry<{ path: string; found: number; known: number }>({
    title: ({ path, found }) => `The ledger \`${path}\` was written by a newer Sluice (schema ${found}).`,
    why: ({ known }) => `This one knows schemas up to ${known}; to write into a newer one would damage it.`,
    fix: () => 'Bring this installation up to date: `npm install sluice@latest`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_LEDGER_MIGRATION_CHANGED: entry<{ path: string; number: number }>({
    title: ({ path, number }) =>
      `Schema ${number} of the ledger \`${path}\` is not the one this Sluice knows.`,
    why: () => 'It was made by a build between releases: the same number, but other tables.',
    fix: ({ path }) =>
      `Use the Sluice that made it, or move \`${path}\` away: the next run then begins anew.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_LEDGER_STALE: entry<{ run: string; what: string; why: string }>({
    title: ({ what }) => `The ledger refused ${what}: the writer is behind what it holds.`,
    why: ({ why }) => why,
    fix: ({ run }) => `Nothing was changed. \`sluice logs ${run}\` shows what happened to the run.`,
    retry: 'never',
    exit: 1,
  }),
  SLUICE_LEDGER_READ_ONLY: entry<{ path: string }>({
    title: ({ path }) => `The ledger \`${path}\` was opened for reading.`,
    fix: () => 'Open it with `mode: "write"`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_RUN_BUSY: entry<{ asset: string; others: number; run: string; pid: number; since: string }>({
    title: ({ asset, run, others }) =>
      others === 0
        ? `\`${asset}\` is being built by the run ${run}.`
        : `\`${asset}\` and ${others} more are being built by other runs, the first by ${run}.`,
    why: ({ pid, since }) => `That run is alive, in process ${pid}, since ${since}.`,
    fix: ({ pid }) => `Wait for it, leave these assets out, or end it with \`kill -INT ${pid}\`.`,
    retry: 'later',
    exit: 1,
  }),
  SLUICE_RUN_UNSETTLED: entry<{ asset: string; run: string }>({
    title: ({ asset, run }) => `The run ${run} died while it held \`${asset}\`, and was not settled yet.`,
    fix: () => 'Run again: a run settles those that died before it plans.',
    retry: 'later',
    exit: 1,
  }),
  SLUICE_SPOOL_UNWRITABLE: entry<{ path: string; words: string }>({
    title: ({ path }) => `What was read could not be kept in \`${path}\`.`,
    why: ({ words }) => words,
    fix: () => 'Free space on that disk, or make the folder writable for you, and run again.',
    retry: 'later',
    exit: 3,
  }),
}
