import { entry, or } from '../entry.ts'

/** What can be wrong with the files of a project. */
export const project = {
  SLUICE_PROJECT_NOT_FOUND: entry<{ folder: string }>({
    title: ({ folder }) => `No project is at \`${folder}\` or above it.`,
    why: () => 'A project is a folder with `sluice.config.ts` or a folder `assets`.',
    fix: () => 'Go to the project, or make one here: `sluice init`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_FILE_UNREADABLE: entry<{ file: string; words: string }>({
    title: ({ file }) => `\`${file}\` cannot be read.`,
    why: ({ words }) => words,
    fix: () => 'Save it as UTF-8, and see that it is there and that you may read it.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CONFIG_EXPORT: entry<{ file: string }>({
    title: ({ file }) => `\`${file}\` has no configuration as its default export.`,
    fix: () => "Write `export default defineConfig({ name: 'shop' })`.",
    retry: 'never',
    exit: 2,
  }),
  SLUICE_ASSET_EXPORT: entry<{ file: string; what: string }>({
    title: ({ file, what }) => `\`${file}\` has ${what} as its default export, and not an asset.`,
    fix: () =>
      'Write `export default ingest(…)`, `asset(…)`, `exportTo(…)` or `source(…)`; ' +
      'a file that is no asset lies outside `assets/` or has a name that begins with `_`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_ASSET_TWICE: entry<{ file: string; other: string }>({
    title: ({ file, other }) => `\`${file}\` exports the asset of \`${other}\` again.`,
    why: () => 'One file is one asset, and an asset has one name.',
    fix: ({ other }) =>
      `Read it instead: \`asset(sql\`select * from \${…}\`)\` with an import from \`${other}\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_ASSET_NAME: entry<{ file: string }>({
    title: ({ file }) => `\`${file}\` names no asset: a folder or file name holds a dot.`,
    why: () => 'An asset is called schema.table, after its first folder and its file.',
    fix: () => 'Rename it without the dot: `orders_2026.sql`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_ASSET_NAMELESS: entry<{ asset: string }>({
    title: ({ asset }) => `\`${asset}\` reads an asset that has no name.`,
    why: () => 'An asset is named by the file below `assets/` whose default export it is; this one has none.',
    fix: () => 'Give it a file of its own below `assets/` and import it from there.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_ASSET_THROWS: entry<{ file: string; words: string }>({
    title: ({ file }) => `\`${file}\` throws while it is loaded.`,
    why: ({ words }) => words,
    fix: () => 'Mend it at the marked place. What needs the world belongs into the function, not beside it.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_ASSET_SYNTAX: entry<{ file: string; words: string }>({
    title: ({ file }) => `\`${file}\` cannot be read as TypeScript.`,
    why: ({ words }) => words,
    fix: () => 'Mend it at the marked place. Types are stripped, not compiled: no enums and no namespaces.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_IMPORT_NOT_FOUND: entry<{ file: string; target: string }>({
    title: ({ file, target }) => `\`${file}\` imports \`${target}\`, which is not there.`,
    fix: ({ target }) =>
      /^[./]/.test(target)
        ? "Mend the path; it needs the file's ending: `./orders.ts`."
        : `Install it in the project: \`npm install ${target}\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_IMPORT_UNKNOWN: entry<{ specifier: string; near: readonly string[]; known: readonly string[] }>({
    title: ({ specifier }) => `\`${specifier}\` is not part of this package.`,
    fix: ({ near, known }) => (near.length > 0 ? `Did you mean ${or(near)}?` : `There are ${or(known)}.`),
    retry: 'never',
    exit: 2,
  }),
  SLUICE_TYPES_UNWRITABLE: entry<{ words: string }>({
    title: () => '`sluice.d.ts` cannot be written.',
    why: ({ words }) => `${words}.`,
    fix: () =>
      'Make the project writable for you; without this file only editors lack the types of SQL assets.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_FACT_UNKNOWN: entry<{
    fact: string
    column: string | undefined
    near: readonly string[]
    known: readonly string[]
  }>({
    title: ({ fact, column }) =>
      column === undefined ? `\`@${fact}\` is no fact.` : `\`@${fact}\` is no fact of a column.`,
    fix: ({ near, known }) =>
      near.length > 0
        ? `Did you mean ${or(near.map(name => `@${name}`))}?`
        : `There are ${known.map(name => `@${name}`).join(', ')}.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_FACT_WRONG: entry<{ fact: string; words: string; near: readonly string[] }>({
    title: ({ fact }) => `\`@${fact}\` says something that cannot be understood.`,
    why: ({ words }) => words,
    fix: ({ near, fact }) =>
      near.length > 0 ? `Did you mean ${or(near)}?` : `Say it again, or leave \`@${fact}\` out.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_FACT_STRAY: entry<{ fact: string }>({
    title: ({ fact }) => `\`@${fact}\` stands where it belongs to no column.`,
    why: () =>
      'Facts of a column stand on its line in the outermost SELECT; columns of a CTE are not the asset’s.',
    fix: ({ fact }) => `Move \`@${fact}\` to the column's line, or above the query for the whole asset.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_FIXTURE_EXPECTED: entry<{ folder: string; expected: string }>({
    title: ({ folder }) => `\`${folder}\` says which rows go in, but not which come out.`,
    fix: ({ expected }) => `Add \`${expected}.csv\` with the rows that are expected.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_FIXTURE_FILE: entry<{ file: string; near: readonly string[] }>({
    title: ({ file }) => `\`${file}\` is named after no asset.`,
    why: () => 'Files of a test are named after the asset whose rows they hold: `raw.orders.csv`.',
    fix: ({ near }) => (near.length > 0 ? `Did you mean ${or(near)}?` : 'Rename it after an asset.'),
    retry: 'never',
    exit: 2,
  }),
}
