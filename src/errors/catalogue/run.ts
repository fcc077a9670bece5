import { entry } from '../entry.ts'

/** What can go wrong while a plan is carried out. */
export const run = {
  SLUICE_INTERNAL: entry<{ doing: string; words: string }>({
    title: ({ doing }) => `Something unforeseen happened while ${doing}.`,
    why: ({ words }) => words,
    fix: () =>
      'If this is your own code, mend it there; if not, `sluice doctor` gathers what a report needs.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_PLAN_BROKEN: entry<{ words: string }>({
    title: () => 'This plan cannot be run.',
    why: ({ words }) => words,
    fix: () => 'Plan again; if it stays so, `sluice doctor` gathers what a report needs.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_STEP_TIMEOUT: entry<{ asset: string; timeoutMs: number }>({
    title: ({ asset, timeoutMs }) =>
      `\`${asset}\` took longer than the ${timeoutMs} ms that one attempt may take.`,
    fix: ({ asset }) => `Raise \`timeout\` of \`${asset}\`, or let a step take fewer partitions.`,
    retry: 'later',
    exit: 1,
  }),
  SLUICE_STEP_OVER: entry<{ asset: string; attempt: number }>({
    title: ({ asset, attempt }) => `Attempt ${attempt} of \`${asset}\` went on after it was over.`,
    why: () =>
      'It was cancelled or took too long, and did not stop within the grace period. Nothing of it is kept.',
    fix: () => 'Let the code that makes the rows watch its `signal`.',
    retry: 'never',
    exit: 1,
  }),
}
