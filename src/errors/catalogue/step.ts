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
  SLUICE_COUNTS_DIFFER: entry<{
    asset: string
    in: number
    out: number
    refused: number
    deduplicated: number
  }>({
    title: ({ asset }) => `The rows of \`${asset}\` do not add up; nothing was published.`,
    why: counts =>
      `${counts.in} came in, but ${counts.out} were written, ${counts.refused} refused, ${counts.deduplicated} deduplicated.`,
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
  SLUICE_CONTRACT_BROKEN: entry<{ asset: string; changes: readonly string[] }>({
    title: ({ asset }) => `The source of \`${asset}\` broke its contract; nothing was loaded.`,
    why: ({ changes }) => changes.join(' · '),
    fix: () =>
      `Mend the source, declare the columns anew, or choose a policy: \`contract: { ${or(['onMissing', 'onTypeChange', 'onNewColumn'])} }\`.`,
    retry: 'never',
    exit: 1,
  }),
}
