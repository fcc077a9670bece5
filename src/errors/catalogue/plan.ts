import { entry, or } from '../entry.ts'

/** What can be wrong with what somebody asks to have planned. */
export const plan = {
  SLUICE_SELECTION_WORD: entry<{ word: string }>({
    title: ({ word }) => `\`${word}\` selects nothing: a name is missing.`,
    fix: () =>
      'Write a name, a pattern or a method: `marts.revenue`, `marts.*`, `tag:daily`, `state:changed+`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_SELECTION_METHOD: entry<{
    word: string
    method: string
    known: readonly string[]
    near: readonly string[]
  }>({
    title: ({ method, word }) => `Nothing can be selected by \`${method}:\`, as \`${word}\` asks.`,
    why: ({ known }) => `Selection goes by ${or(known)}.`,
    fix: ({ near, known }) => `Did you mean ${or(near.length > 0 ? near : known)}?`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_SELECTION_UNKNOWN: entry<{
    word: string
    what: string
    value: string
    near: readonly string[]
    known?: readonly string[]
  }>({
    title: ({ what, value }) =>
      what === 'asset' ? `No asset is called \`${value}\`.` : `No asset has the ${what} \`${value}\`.`,
    why: ({ word, value }) => (word === value ? '' : `\`${word}\` selects by it.`),
    fix: ({ near, known }) => {
      if (near.length > 0) return `Did you mean ${or(near)}?`
      return known ? `It can be ${or(known)}.` : 'Run `sluice plan` without a selection to see every asset.'
    },
    retry: 'never',
    exit: 2,
  }),
  SLUICE_PARTITION_OFF_GRID: entry<{ key: string; asset: string; cut: string; known: readonly string[] }>({
    title: ({ key, asset }) => `\`${key}\` is no partition of \`${asset}\`.`,
    why: ({ cut, known }) =>
      known.length > 0
        ? `Its partitions are ${known.join(', ')}.`
        : `It is cut by ${cut}, in the wall clock of its zone.`,
    fix: ({ cut, known }) => `Name partitions like \`${known[0] ?? example(cut)}\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_PARTITION_BACKWARDS: entry<{ first: string; last: string }>({
    title: ({ first, last }) => `The partitions end before they begin: ${first} comes after ${last}.`,
    fix: ({ first, last }) => `Turn them round: from ${last} to ${first}.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_BACKFILL_NOTHING: entry<{ first: string; last: string; assets: readonly string[] }>({
    title: ({ first, last }) => `Nothing that is selected has partitions from ${first} to ${last}.`,
    why: ({ assets }) =>
      assets.length > 0
        ? `${assets.map(name => `\`${name}\``).join(', ')}: all partitions lie elsewhere.`
        : 'Built by partition are assets with `@partition` that write by `replace-partition` or `merge`.',
    fix: () => 'Select an asset that has these partitions, or name others.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_PLAN_UPSTREAM_MISSING: entry<{ asset: string; reads: string }>({
    title: ({ asset, reads }) =>
      `\`${asset}\` reads \`${reads}\`, which was never built and is not selected.`,
    fix: ({ asset }) => `Select what it reads too: \`sluice run +${asset}\`.`,
    retry: 'never',
    exit: 2,
  }),
}

function example(cut: string): string {
  if (cut === 'hour') return '2026-01-31T05'
  if (cut === 'week') return '2026-01-26'
  return cut === 'month' ? '2026-01' : '2026-01-31'
}
