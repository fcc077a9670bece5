import { entry, or } from '../entry.ts'

/** What can be wrong with an asset or configuration that is written in TypeScript. */
export const declare = {
  SLUICE_OPTION_UNKNOWN: entry<{
    option: string
    where: string
    near: readonly string[]
    known: readonly string[]
  }>({
    title: ({ option, where }) => `\`${option}\` is not an option of \`${where}\`.`,
    fix: ({ near, known }) =>
      near.length > 0 ? `Did you mean ${or(near)}?` : `The options are ${or(known)}.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_OPTION_WRONG: entry<{ option: string; wanted: string }>({
    title: ({ option }) => `The option \`${option}\` has a value that cannot be used.`,
    fix: ({ option, wanted }) => `Give \`${option}\` ${wanted}.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_ASSET_SHAPE: entry<{ what: string }>({
    title: ({ what }) => `An asset cannot be made from ${what}.`,
    fix: () =>
      'Write `ingest(source or generator, options)`, ``asset(sql`…`, options)``, ' +
      '`asset({ orders }, async function* ({ orders }) { … }, options)` or `exportTo(sink, asset, options)`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_ASSET_INPUT: entry<{ as: string }>({
    title: ({ as }) => `The input \`${as}\` is not an asset.`,
    why: () => 'Imports that go in a circle give `undefined`, and an export has no rows to read.',
    fix: ({ as }) =>
      `Import the asset's default export as \`${as}\`, or name one written in SQL: \`ref('schema.${as}')\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_REF_NAME: entry<Record<never, never>>({
    title: () => '`ref` needs the name of an asset.',
    fix: () => "Write it as it is in the project: `ref('staging.orders')`.",
    retry: 'never',
    exit: 2,
  }),
  SLUICE_SECRET_NAME: entry<Record<never, never>>({
    title: () => '`secret` was not given the name of an environment variable.',
    // The value is not shown: it may be the secret itself, written in by mistake.
    why: () => 'Names consist of letters, digits and `_`. The secret itself never stands in a file.',
    fix: () => "Put the secret into the environment and name the variable: `secret('SHOP_URL')`.",
    retry: 'never',
    exit: 2,
  }),
  SLUICE_SQL_BARE_TEXT: entry<{ place: number }>({
    title: ({ place }) => `Hole ${place} of the \`sql\` template holds a bare string.`,
    why: () => 'It could be a value or a name, and one of the two would be an injection.',
    fix: () => 'Say which: `sql.text(value)` for a literal, `sql.name(column)` for a name.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_SQL_VALUE: entry<{ place: number; what: string }>({
    title: ({ place, what }) => `Hole ${place} of the \`sql\` template holds ${what}.`,
    fix: () =>
      'Put in an asset, another `sql`, a finite number, a bigint, a boolean, null, or a list of these.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CHECK_ARGUMENT: entry<{ check: string; words: string; near: readonly string[] }>({
    title: ({ check }) => `The check \`${check}\` cannot be made from what it was given.`,
    why: ({ words }) => words,
    fix: ({ near }) =>
      near.length > 0 ? `Did you mean ${or(near)}?` : 'Mend the arguments of the check function.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_ROW_SHAPE: entry<{ what: string }>({
    title: ({ what }) => `The generator yielded ${what} where a row was expected.`,
    fix: () => 'Yield an object `{ column: value }`, a list of such objects, or a page of `http.pages`.',
    retry: 'never',
    exit: 1,
  }),
}
