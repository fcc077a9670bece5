import { entry, or } from '../entry.ts'

/** What can go wrong with tables that remember what they were. */
export const lake = {
  SLUICE_LAKE_NONE: entry<{ target: string }>({
    title: ({ target }) => `Tables in \`${target}\` keep no past versions.`,
    fix: () => "Make `lake('./lake')` of `sluice/lake` the target: its tables do.",
    retry: 'never',
    exit: 2,
  }),
  SLUICE_LAKE_WHEN: entry<{ words: string; near?: readonly string[] }>({
    title: ({ words }) => `\`${words}\` is neither a version, nor an instant, nor a run of this project.`,
    fix: ({ near = [] }) =>
      near.length > 0
        ? `Did you mean the run ${or(near)}?`
        : 'Say `3`, `2026-01-31 05:00` (UTC), or a run: `sluice logs --list` lists them.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_LAKE_RUN_OPEN: entry<{ run: string }>({
    title: ({ run }) => `The run \`${run}\` has not ended.`,
    fix: ({ run }) => `Wait for it: \`sluice logs ${run} --follow\`.`,
    retry: 'later',
    exit: 2,
  }),
  SLUICE_LAKE_TAKEN: entry<{ to: string }>({
    title: ({ to }) => `\`${to}\` is an asset of this project.`,
    why: () => 'The next run would write over the clone.',
    fix: () => 'Give the clone a name of its own, such as `scratch.revenue`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_LAKE_NO_PAST: entry<{ asset: string }>({
    title: ({ asset }) => `\`${asset}\` has no past versions.`,
    why: () => 'It is a view, or there is no such table.',
    fix: ({ asset }) => `Ask for it as it is now, or for the tables that it reads: \`sluice show ${asset}\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_LAKE_READ_ONLY: entry<{ word: string }>({
    title: ({ word }) => `A query of the lake reads; \`${word.toUpperCase()}\` does more.`,
    why: () => 'Nothing was done: tables of the lake change by runs, so that checks and history hold.',
    fix: () =>
      'Make it an asset; for a change by hand, `openTable` of `sluice/delta` has updates and deletes.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_LAKE_LISTING: entry<{ asset: string }>({
    title: ({ asset }) =>
      `A query lists the tables of the lake or reads them; this one also reads \`${asset}\`.`,
    why: () => 'What there is is told without opening any table: where it is listed, tables hold no rows.',
    fix: () => 'Ask twice: once for the names, once for the rows.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_LAKE_TYPES: entry<{ asset: string; column: string }>({
    title: ({ asset, column }) =>
      `The property \`sluice.types\` of \`${asset}\` says what is no type for \`${column}\`.`,
    why: () => 'It goes into statements, and somebody else wrote it: nothing of the table was read.',
    fix: () => 'Look at who writes the table, and take the property out of it.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_LAKE_HALF: entry<{ key: string; table: string }>({
    title: ({ table }) =>
      `A publication is whole but for \`${table}\`, which somebody else changed meanwhile.`,
    why: ({ key }) => `It is kept under \`${key}\`; what else belongs to it is published.`,
    fix: () => 'Build the asset again: rows that are there already are not written twice.',
    retry: 'never',
    exit: 1,
  }),
}
