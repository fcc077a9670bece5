import { entry, or } from '../entry.ts'

/** What can be wrong with the SQL of a project. */
export const sql = {
  SLUICE_REF_NOT_FOUND: entry<{ name: string; asset: string; near: readonly string[] }>({
    title: ({ name }) => `No asset is called \`${name}\`.`,
    why: ({ asset }) => `\`${asset}\` reads it, and nothing in this project or its sources makes it.`,
    fix: ({ near }) =>
      near.length > 0 ? `Did you mean ${or(near)}?` : 'Add the asset, or declare the table as a source.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_SQL_SYNTAX: entry<{ asset: string; words: string }>({
    title: ({ asset }) => `The SQL of \`${asset}\` does not parse.`,
    why: ({ words }) => words,
    fix: () => 'Mend the SQL at the marked place.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_SQL_PAST: entry<{ asset: string; table: string }>({
    title: ({ asset, table }) => `\`${asset}\` asks for \`${table}\` as it was.`,
    why: () =>
      'What a project makes is made of its inputs as they are: a plan knows of no other state of them.',
    fix: ({ table }) =>
      `Clone the old state, \`sluice lake clone ${table} kept.${table.split('.').at(-1)} --from 3\`, ` +
      'and name the clone as a source.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_SQL_NUMBER: entry<{ text: string }>({
    title: ({ text }) => `\`${text}\` is not a number.`,
    fix: () => 'Write digits, with a point and an exponent if need be: `12`, `-0.5`, `1e6`.',
    retry: 'never',
    exit: 2,
  }),
}
