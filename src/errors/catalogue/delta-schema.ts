import { entry, or } from '../entry.ts'

/** What can go wrong between rows and the schema of a Delta table, and while that schema is changed. */
export const deltaSchema = {
  SLUICE_DELTA_SCHEMA_BROKEN: entry<{ words: string }>({
    title: () => 'The schema in the log of the Delta table cannot be read.',
    why: ({ words }) => words,
    fix: () => 'Go back to an older version: `sluice lake restore`.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_DELTA_TYPE_UNSUPPORTED: entry<{ column: string; type: string }>({
    title: ({ column, type }) => `\`${column}\` has the type ${type}, which a Delta table cannot hold here.`,
    fix: () => 'Cast it to another type in the SELECT.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_TYPE_MISMATCH: entry<{ column: string; stands: string; comes: string }>({
    title: ({ column, stands, comes }) => `\`${column}\` is ${stands}, and the new rows have ${comes} there.`,
    why: () => 'Rows are only stored where every value keeps its meaning.',
    fix: ({ stands, column }) => `Cast it in the SELECT: \`cast("${column}" as ${stands})\`.`,
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_COLUMN_UNKNOWN: entry<{ column: string; near: readonly string[] }>({
    title: ({ column }) => `The Delta table has no column \`${column}\`.`,
    fix: ({ near }) =>
      near.length > 0
        ? `It has ${or(near)}. To add the column, let the schema evolve.`
        : 'To add the column, let the schema evolve.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_COLUMN_TWICE: entry<{ column: string }>({
    title: ({ column }) => `There are two columns \`${column}\`.`,
    why: () => 'Delta tells columns apart by their letters, not by capitals.',
    fix: () => 'Give one of them another name.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_EXPRESSION_UNSUPPORTED: entry<{ expression: string; part: string }>({
    title: ({ part }) => `\`${part}\` in an expression of the Delta table is not understood here.`,
    why: ({ expression }) =>
      `Rows must obey \`${expression}\`, written in Spark's SQL, and are not written on a guess.`,
    fix: () => 'Write the rows with the engine that made the table, or drop the rule there.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_CONSTRAINT_BROKEN: entry<{ constraint: string; expression: string }>({
    title: ({ constraint }) => `Rows break the rule \`${constraint}\` of the Delta table.`,
    why: ({ expression }) => `Every row must be true of \`${expression}\`. Nothing was written.`,
    fix: () => 'Mend the rows in the SELECT, or leave out those that break the rule.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_NULL_REFUSED: entry<{ column: string }>({
    title: ({ column }) => `\`${column}\` may not be NULL, and the rows have NULL there.`,
    why: () => 'Nothing was written.',
    fix: ({ column }) => `Give \`${column}\` a value in the SELECT, or leave out the rows that have none.`,
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_VALUE_UNFIT: entry<{ column: string; stands: string; comes: string }>({
    title: ({ column, stands, comes }) =>
      `\`${column}\` is ${stands}, and the rows have values of ${comes} that it cannot hold exactly.`,
    why: () => 'They are out of its range, or would lose digits. Nothing was written.',
    fix: () => 'Round or cast the column in the SELECT, or widen it in the table.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_IDENTITY_GIVEN: entry<{ column: string }>({
    title: ({ column }) => `\`${column}\` is numbered by the table itself and takes no values.`,
    fix: ({ column }) => `Leave \`${column}\` out of the SELECT.`,
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_IDENTITY_FULL: entry<{ column: string }>({
    title: ({ column }) => `\`${column}\` has no numbers left: the next one does not fit in a long.`,
    fix: ({ column }) => `Make a new table whose \`${column}\` starts lower or takes smaller steps.`,
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DELTA_ALTER_REFUSED: entry<{ what: string; why: string; fix: string }>({
    title: ({ what }) => what,
    why: ({ why }) => why,
    fix: ({ fix }) => fix,
    retry: 'never',
    exit: 1,
  }),
}
