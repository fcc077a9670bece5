import { entry } from '../entry.ts'

/** What can go wrong in a Jinja template. `kind` is the name of Python's exception, `words` are Python's. */
export const jinja = {
  SLUICE_JINJA_SYNTAX: entry<{ kind: string; words: string }>({
    title: () => 'The template cannot be read.',
    why: ({ kind, words }) => `${kind}: ${words}`,
    fix: () => 'Mend the template at the place that is shown.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_JINJA_RENDER: entry<{ kind: string; words: string }>({
    title: () => 'The template cannot be rendered.',
    why: ({ kind, words }) => `${kind}: ${words}`,
    fix: () => 'Mend the expression that is shown, or what is handed to it.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_JINJA_LIMIT: entry<{ words: string }>({
    title: () => 'The template does more than it may.',
    why: ({ words }) => words,
    fix: () => 'Make the template smaller, or look for a loop or a macro that never ends.',
    retry: 'never',
    exit: 1,
  }),
}
