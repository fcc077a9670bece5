import { entry, or } from '../entry.ts'

/** What can go wrong inside one step: building, auditing, publishing. */
export const step = {
  SLUICE_CHECK_FAILED: entry<{ asset: string; checks: readonly string[] }>({
    title: ({ asset, checks }) =>
      checks.length === 1
        ? `\`${asset}\` broke a promise: ${checks[0]}.`
        : `\`${asset}\` broke ${checks.length} promises.`,
    why: ({ checks }) => (checks.length === 1 ? 'Readers keep the last good version.' : checks.join(' · ')),
    fix: ({ asset }) =>
      `See which rows: \`sluice quality ${asset}\`. Mend the data or the check, then \`sluice run\`.`,
    retry: 'never',
    exit: 1,
  }),
  SLUICE_INPUT_NO_TABLE: entry<{ asset: string; reads: string }>({
    title: ({ asset, reads }) => `\`${asset}\` reads \`${reads}\`, which has no table yet.`,
    why: ({ reads }) => `The source of \`${reads}\` has shown no rows so far, and so no columns.`,
    fix: ({ reads }) =>
      `Declare the columns of \`${reads}\`: \`columns: { id: 'bigint' }\`; or run again when there are rows.`,
    retry: 'never',
    exit: 1,
  }),
  SLUICE_COUNTS_DIFFER: entry<{
    asset: string
    in: number
    out: number
    refused: number
    deduplicated: number
  }>({
    title: ({ asset }) => `The rows of \`${asset}\` do not add up; nothing was published.`,
    why: counts =>
      `${counts.in} came in, but ${counts.out} were written, ${counts.refused} refused, ` +
      `${counts.deduplicated} deduplicated.`,
    fix: () => 'This is a fault of the target or of Sluice: `sluice doctor` gathers what a report needs.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_EFFECT_IN_DOUBT: entry<{ asset: string }>({
    title: ({ asset }) => `It is not known whether the rows of \`${asset}\` were published.`,
    why: () => 'The target failed while it committed and does not answer now.',
    fix: () => 'When the target answers again, `sluice run` asks it and goes on from what it finds.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_CODE_MISSING: entry<{ asset: string; kind: string }>({
    title: ({ asset, kind }) => `The code of \`${asset}\` is not what the plan says: it should be ${kind}.`,
    fix: () => 'The project changed while it ran; run it again.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_PROJECT_CHECK_FAILED: entry<{ check: string; words: string }>({
    title: ({ check }) => `The check \`${check}\` does not hold.`,
    why: ({ words }) => words,
    fix: ({ check }) => `See which rows: \`sluice sql "$(cat checks/${check}.sql)"\`.`,
    retry: 'never',
    exit: 1,
  }),
  SLUICE_ENVIRONMENT_UNKNOWN: entry<{
    environment: string
    near: readonly string[]
    known: readonly string[]
  }>({
    title: ({ environment }) => `No environment is called \`${environment}\`.`,
    fix: ({ near, known }) =>
      near.length > 0
        ? `Did you mean ${or(near)}?`
        : known.length > 0
          ? `Known are ${or(known)}; \`sluice.config.ts\` names them under \`environments\`.`
          : 'Name it under `environments` in `sluice.config.ts`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_FIXTURE_NOT_FOUND: entry<{ name: string }>({
    title: ({ name }) => `No test is called \`${name}\`, and none is of an asset of that name.`,
    fix: () =>
      'Tests are folders: `tests/marts/revenue/` with `raw.orders.csv` in and `marts.revenue.csv` out.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_FIXTURE_COLUMN: entry<{ asset: string; column: string }>({
    title: ({ asset, column }) => `\`${asset}\` has no column \`${column}\`, and the test expects one.`,
    fix: () => 'Take the column out of the expected file, or add it to the asset.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_QUARANTINE_EMPTY: entry<{ asset: string }>({
    title: ({ asset }) => `No row of \`${asset}\` was ever refused.`,
    fix: () => '`sluice quarantine list` says which assets have refused rows.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_PARTITION_NULL: entry<{ asset: string; column: string; rows: number }>({
    title: ({ asset, column, rows }) =>
      rows === 1
        ? `1 row of \`${asset}\` has no \`${column}\`, so it lies in no partition.`
        : `${rows} rows of \`${asset}\` have no \`${column}\`, so they lie in no partition.`,
    why: () => 'Building by partition would lose them without a word; nothing was written.',
    fix: ({ column }) => `Give them a value or leave them out: \`where ${column} is not null\`.`,
    retry: 'never',
    exit: 1,
  }),
}
