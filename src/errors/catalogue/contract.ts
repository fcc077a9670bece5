import { entry, or } from '../entry.ts'

/** What can go wrong between what is promised and what is there. */
export const contract = {
  SLUICE_CHECK_DIALECT: entry<{ dialect: string; known: readonly string[] }>({
    title: ({ dialect }) => `Checks cannot be run on the engine \`${dialect}\`.`,
    fix: ({ known }) => `Keep the asset in a target of ${or(known)}, or take its checks away.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CHECK_UNFIT: entry<{ check: string; asset: string; problem: string }>({
    title: ({ check, asset }) => `The check \`${check}\` of \`${asset}\` cannot be applied.`,
    why: ({ problem }) => `${problem}.`,
    fix: () => 'Mend the check, or the column that it speaks of.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CONTRACT_NEW_COLUMN: entry<{ asset: string; column: string; type: string }>({
    title: ({ asset, column }) => `The source of \`${asset}\` has a new column \`${column}\`.`,
    why: ({ type }) => `It is ${type}, and the contract says onNewColumn: fail.`,
    fix: ({ column }) =>
      `Declare \`${column}\` in the asset's columns, or set onNewColumn to add, ignore or quarantine.`,
    retry: 'never',
    exit: 1,
  }),
  SLUICE_CONTRACT_TYPE: entry<{ asset: string; column: string; from: string; to: string }>({
    title: ({ asset, column, to }) => `The source of \`${asset}\` now gives \`${column}\` as ${to}.`,
    why: ({ from }) => `The contract says ${from}, and onTypeChange: fail.`,
    fix: ({ column }) =>
      `Declare the new type of \`${column}\`, or set onTypeChange to add, ignore or quarantine.`,
    retry: 'never',
    exit: 1,
  }),
  SLUICE_CONTRACT_MISSING: entry<{ asset: string; column: string; type: string; key: boolean }>({
    title: ({ asset, column }) => `The source of \`${asset}\` no longer has the column \`${column}\`.`,
    why: ({ type, key }) =>
      key
        ? `It is ${type} and part of the key.`
        : `The contract promises it as ${type}, with onMissing: fail.`,
    fix: ({ column, key }) =>
      key
        ? `Mend the source, or choose a key without \`${column}\`.`
        : `Mend the source, or set onMissing to ignore: \`${column}\` is then NULL.`,
    retry: 'never',
    exit: 1,
  }),
  SLUICE_CONTRACT_BREAKS: entry<{
    asset: string
    column: string
    from: string
    to: string | undefined
    breaks: number
  }>({
    title: ({ asset, column, to, breaks }) =>
      `${breaks} ${breaks === 1 ? 'thing breaks' : 'things break'} now that \`${asset}\` ${
        to === undefined ? `no longer promises \`${column}\`` : `promises \`${column}\` as ${to}`
      }.`,
    why: ({ from }) => `The contract that the last load kept says ${from}.`,
    fix: () =>
      'Mend what is named below, or keep the column as it was. `sluice run` takes the change over as it is.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CONTRACT_UNFIT: entry<{ asset: string; rows: number }>({
    title: ({ asset, rows }) =>
      rows === 1
        ? `1 row for \`${asset}\` does not fit the types of its contract.`
        : `${rows} rows for \`${asset}\` do not fit the types of its contract.`,
    why: () => 'The contract says onTypeChange: fail.',
    fix: () =>
      'Mend the source, or set onTypeChange to quarantine: those rows are then refused, each with its ' +
      'reason, and the rest is published.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_CONTRACT_NULL: entry<{ asset: string; columns: readonly string[]; rows: number }>({
    title: ({ asset, rows }) =>
      rows === 1
        ? `1 row for \`${asset}\` is NULL where its contract allows none.`
        : `${rows} rows for \`${asset}\` are NULL where its contract allows none.`,
    why: ({ columns }) => `Promised never to be NULL: ${columns.join(', ')}, with onNull: fail.`,
    fix: () =>
      'Mend the source, or set onNull to quarantine: those rows are then refused and the rest is published.',
    retry: 'never',
    exit: 1,
  }),
}
