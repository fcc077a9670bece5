import { entry, or } from '../entry.ts'

/** What can be wrong with a project as a whole, found without running anything. */
export const compile = {
  SLUICE_ASSET_DUPLICATE: entry<{ name: string; file: string; other: string }>({
    title: ({ name }) => `Two files make \`${name}\`.`,
    why: ({ file, other }) =>
      `${file} and ${other}: names come from paths, and letter case does not part them.`,
    fix: ({ other }) => `Rename one of the files, or remove ${other}.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_GRAPH_CYCLE: entry<{ path: readonly string[] }>({
    title: ({ path }) =>
      path.length === 2
        ? `\`${path[0]}\` reads itself.`
        : `Assets read one another in a circle: ${path.join(' → ')}.`,
    fix: ({ path }) =>
      path.length === 2
        ? 'Read the asset that its rows come from; what was loaded before is kept by `@write ' +
          'merge` or `@write append`.'
        : 'Let one of them read what the next one reads, instead of the next one itself.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_SQL_COLUMN: entry<{ asset: string; name: string; near: readonly string[] }>({
    title: ({ name }) => `No column is called \`${name}\`.`,
    why: ({ asset }) => `Nothing that \`${asset}\` reads at this place has it.`,
    fix: ({ near }) =>
      near.length > 0 ? `Did you mean ${or(near)}?` : 'Name a column of what is read here.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_SQL_BIND: entry<{ asset: string; words: string; near: readonly string[] }>({
    title: ({ asset }) => `The SQL of \`${asset}\` cannot run.`,
    why: ({ words }) => words,
    fix: ({ near }) => (near.length > 0 ? `Did you mean ${or(near)}?` : 'Mend the SQL at the marked place.'),
    retry: 'never',
    exit: 2,
  }),
  SLUICE_FACT_COLUMN: entry<{ asset: string; fact: string; name: string; near: readonly string[] }>({
    title: ({ asset, fact, name }) => `\`${asset}\` has no column \`${name}\`, which its ${fact} names.`,
    fix: ({ near }) => (near.length > 0 ? `Did you mean ${or(near)}?` : 'Name a column that the asset has.'),
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DECLARED_TYPE: entry<{ asset: string; column: string; declared: string; made: string }>({
    title: ({ asset, column, declared, made }) =>
      `\`${asset}.${column}\` is declared ${declared}, but its SQL makes ${made}.`,
    fix: ({ declared }) => `Cast it in the SQL (\`::${declared}\`), or declare what is made.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_WRITE_NEEDS: entry<{ asset: string; write: string; needs: string; fact: string }>({
    title: ({ asset, write, needs }) => `\`${asset}\` is written by \`${write}\`, which needs a ${needs}.`,
    fix: ({ fact }) => `Say it: ${fact}.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_WRITE_CONFLICT: entry<{ asset: string; one: string; other: string }>({
    title: ({ asset, one, other }) => `\`${asset}\` says both \`${one}\` and \`${other}\`.`,
    fix: ({ one, other }) => `Keep \`${one}\` or \`${other}\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_WRITE_KIND: entry<{ asset: string; write: string; kind: string }>({
    title: ({ asset, write }) => `\`${asset}\` cannot be a ${write}.`,
    why: ({ kind }) => `Only a query can; this asset is made by ${kind}.`,
    fix: () => 'Leave `materialize` away, or put a SQL asset over it.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_POOL_UNKNOWN: entry<{ asset: string; pool: string; near: readonly string[] }>({
    title: ({ asset, pool }) => `\`${asset}\` takes slots of the pool \`${pool}\`, which has no size.`,
    fix: ({ pool, near }) =>
      near.length > 0
        ? `Did you mean ${or(near)}?`
        : `Give it one in sluice.config.ts: \`pools: { ${pool}: 4 }\`.`,
    retry: 'never',
    exit: 2,
  }),
}
