import { type ArgSpec, type CheckSpec, vocabulary } from '../../src/check/index.ts'
import { block, code, made, page, table } from './markdown.ts'
import type { Page } from './pages.ts'

const kinds: { readonly [kind in CheckSpec['kind']]: string } = {
  row: 'each row keeps or breaks it; all such checks of an asset are one query',
  aggregate: 'one figure over the rows; all such checks of an asset are one query',
  metadata: 'decided without a query',
  group: 'rows compared by key; one query for each set of columns',
  window: 'each row with the one before it; a query of its own',
  join: 'against another asset; a query of its own',
  history: 'against the last build',
  query: 'a query of its own',
}

const subjects: { readonly [on in CheckSpec['on']]: string } = {
  column: 'one column',
  columns: 'one or more columns',
  table: 'the whole table',
}

/** The vocabulary of checks, each with its arguments and how it is written. */
export function checkPages(): readonly Page[] {
  const all = Object.entries(vocabulary)
  const text = page([
    made('src/check/vocabulary.ts'),
    '# Checks',
    [
      'In SQL a check is a fact in a comment: behind a column it speaks of that column, in the comment at',
      'the top of the file of the table. Behind its own words may stand its strength, `mostly 0.95` (a share',
      'of rows that is enough) and `where (predicate)` (only these rows). In TypeScript it is a function of',
      '`sluice/checks`.',
      '',
      'Strengths: `error` (unless said) keeps the asset from being published, readers have the last good',
      'version and what depends on it is blocked; `warn` is recorded and shown; `quarantine`, for checks of',
      'single rows of what is loaded, refuses the rows that break it and publishes the others.',
    ].join('\n'),
    table(
      ['check', 'on', 'what it promises'],
      all.map(([name, { on, summary }]) => [`[${code(name)}](#${name})`, subjects[on], summary]),
    ),
    ...all.flatMap(([name, spec]) => section(name, spec)),
  ])
  return [{ path: 'docs/reference/checks.md', text }]
}

function section(name: string, { summary, on, kind, args, counts, example }: CheckSpec): readonly string[] {
  return [
    `## ${name}`,
    summary,
    `On ${subjects[on]}; ${kinds[kind]}.${counts ? ' Counts rows, so `mostly` may follow.' : ''}`,
    table(['argument', 'type', 'required', 'what it is'], args.map(argument)),
    block('sql', [`-- ${example.sql}`]),
    block('ts', [example.typescript]),
  ]
}

function argument({ name, type, required, summary }: ArgSpec): readonly string[] {
  return [code(name), type, required ? 'yes' : '', summary]
}
