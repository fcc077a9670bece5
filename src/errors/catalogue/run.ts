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
}
