import { and, entry, or } from '../entry.ts'

/** What can go wrong with environments beside a base, and with what goes from one to the other and back. */
export const environment = {
  SLUICE_ENVIRONMENT_BESIDE: entry<{ environment: string; target: string }>({
    title: ({ environment, target }) =>
      `The environment \`${environment}\` has no target of its own, and none can stand beside \`${target}\`.`,
    fix: ({ environment }) =>
      `Give it one, \`${environment}: { target: duckdb('${environment}.duckdb') }\`, or make ` +
      "`lake('./lake')` of `sluice/lake` the target of the project.",
    retry: 'never',
    exit: 2,
  }),
  SLUICE_ENVIRONMENT_APART: entry<{ environment: string; known: readonly string[] }>({
    title: ({ environment }) => `\`${environment}\` stands beside nothing: it has a target of its own.`,
    why: () => 'What is promoted goes from an environment to the base that it stands beside.',
    fix: ({ known }) =>
      known.length > 0
        ? `Beside a base stand ${or(known)}.`
        : 'Name one in the config: `environments: { dev: {} }`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_ENVIRONMENT_READS: entry<{ environment: string; asset: string }>({
    title: ({ asset, environment }) => `\`${asset}\` is the base's, and only read in \`${environment}\`.`,
    fix: () => 'Say it without `--env`, or of a table that the environment has built itself.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_PROMOTE_FAILED: entry<{ environment: string; assets: readonly string[] }>({
    title: ({ environment, assets }) =>
      `${and(assets)} did not end well in \`${environment}\`, and nothing was promoted.`,
    fix: ({ environment }) =>
      `Mend it and \`sluice run --env ${environment}\`, or leave it out: \`--exclude\`.`,
    retry: 'never',
    exit: 1,
  }),
  SLUICE_PROMOTE_BEHIND: entry<{ environment: string; assets: readonly string[] }>({
    title: ({ environment, assets }) =>
      `${and(assets)} changed in the base since \`${environment}\` began from there.`,
    why: () => 'Promoted as it is, what came to the base meanwhile would be gone.',
    fix: ({ environment }) =>
      `Begin again from there: \`sluice run --env ${environment}\`. \`--force\` promotes all the same.`,
    retry: 'never',
    exit: 1,
  }),
  SLUICE_ROLLBACK_RUN: entry<{ run: string; why: string }>({
    title: ({ run }) => `The run \`${run}\` cannot be taken back.`,
    why: ({ why }) => why,
    fix: () => '`sluice logs --list` lists the runs.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_ROLLBACK_LATER: entry<{ run: string; assets: readonly string[]; runs: readonly string[] }>({
    title: ({ run, assets }) => `Later runs than \`${run}\` published ${and(assets)}.`,
    fix: ({ runs }) => `Take those back first, newest first: \`sluice rollback ${runs[0]}\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_ROLLBACK_CHANGED: entry<{ table: string; version: number; operation: string }>({
    title: ({ table }) => `\`${table}\` was changed since, by something that is no run of this project.`,
    why: ({ version, operation }) => `Its version ${version} is a ${operation}.`,
    fix: ({ table }) =>
      `Look at \`sluice lake history ${table}\`; \`sluice lake restore\` goes back table by table.`,
    retry: 'never',
    exit: 1,
  }),
}
