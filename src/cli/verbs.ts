import type { Verb } from './call.ts'

export type ArgumentSpec = {
  readonly name: string
  readonly summary: string
  readonly required?: boolean
  readonly many?: boolean
}

export type OptionSpec = {
  readonly name: string
  /** What the value is called in help; absent: the option takes none. */
  readonly value?: string
  readonly summary: string
  /** It may stand several times. */
  readonly many?: boolean
  /** One letter. */
  readonly short?: string
}

export type VerbSpec = {
  readonly name: string
  readonly group: 'make' | 'look' | 'mend'
  readonly summary: string
  readonly arguments: readonly ArgumentSpec[]
  readonly options: readonly OptionSpec[]
  readonly examples: readonly { readonly command: string; readonly summary: string }[]
  /** It writes: the first Ctrl-C cancels and waits until nothing is half-written. Others end at once. */
  readonly writes: boolean
  /** It has a command line of its own: what stands behind it is handed over as it is, `--help` too. */
  readonly readsItself?: true
  readonly load: () => Promise<Verb>
}

/** Options of every verb. */
export const globalOptions: readonly OptionSpec[] = [
  { name: 'project', value: 'DIR', summary: 'the project is in this folder, or above it' },
  { name: 'env', value: 'NAME', summary: 'an environment of sluice.config.ts' },
  { name: 'json', summary: 'the answer as JSON on standard output' },
  { name: 'no-color', summary: 'no colours' },
  { name: 'verbose', summary: 'stacks of errors that are not of our making' },
  { name: 'help', short: 'h', summary: 'this text' },
  { name: 'version', summary: 'the version' },
]

const selection: ArgumentSpec = {
  name: 'selection',
  summary: 'marts.revenue, +marts.*, tag:daily, state:modified+; all assets when left out',
  many: true,
}
const exclude: OptionSpec = {
  name: 'exclude',
  value: 'SELECTION',
  summary: 'all but these',
  many: true,
}
const force: OptionSpec = { name: 'force', summary: 'also what is up to date' }
const partitions: OptionSpec = {
  name: 'partitions',
  value: 'FIRST..LAST',
  summary: 'only these partitions, both ends inside',
}
const rows: OptionSpec = { name: 'rows', value: 'N', summary: 'at most so many rows' }
const csv: OptionSpec = { name: 'csv', summary: 'rows as CSV' }
const asset: ArgumentSpec = { name: 'asset', summary: 'its name', required: true }

/** Every command. Help, the reference page and the parser are made from this table. */
export const verbs: readonly VerbSpec[] = [
  {
    name: 'init',
    group: 'make',
    summary: 'a new project that runs at once',
    arguments: [{ name: 'name', summary: 'folder and name of the project; `.` for this folder' }],
    options: [],
    examples: [
      { command: 'sluice init shop', summary: 'one file of orders, one table, one check, one test' },
    ],
    writes: false,
    load: async () => (await import('./init.ts')).init,
  },
  {
    name: 'check',
    group: 'make',
    summary: 'compile everything offline: graph, types, contracts',
    arguments: [],
    options: [],
    examples: [{ command: 'sluice check', summary: 'all that is wrong, with file and line; nothing is run' }],
    writes: false,
    load: async () => (await import('./check.ts')).check,
  },
  {
    name: 'plan',
    group: 'make',
    summary: 'what would run, why, which partitions, how long',
    arguments: [selection],
    options: [exclude, force, partitions],
    examples: [
      { command: 'sluice plan', summary: 'everything that is not up to date' },
      { command: 'sluice plan +marts.revenue', summary: 'one asset and all it is made from' },
    ],
    writes: false,
    load: async () => (await import('./plan.ts')).plan,
  },
  {
    name: 'run',
    group: 'make',
    summary: 'do it: all, or a selection',
    arguments: [selection],
    options: [exclude, force, { name: 'fail-fast', summary: 'stop at the first failure' }, partitions],
    examples: [
      { command: 'sluice run', summary: 'whatever is new, changed, stale or failed before' },
      { command: 'sluice run state:modified+', summary: 'what you edited, and all that follows from it' },
      { command: 'sluice run --json', summary: 'every event as one line of JSON, as it happens' },
    ],
    writes: true,
    load: async () => (await import('./run.ts')).run,
  },
  {
    name: 'backfill',
    group: 'make',
    summary: 'run a range of partitions',
    arguments: [asset],
    options: [
      { name: 'from', value: 'PARTITION', summary: 'first partition, such as 2026-01-01' },
      { name: 'to', value: 'PARTITION', summary: 'last partition, inside the range' },
      { name: 'chunk', value: 'N', summary: 'partitions that one step takes at most' },
      { name: 'newest-first', summary: 'begin with the last partition' },
      { name: 'dry-run', summary: 'show the plan only' },
    ],
    examples: [
      {
        command: 'sluice backfill marts.daily --from 2026-01-01 --to 2026-01-31 --chunk 7',
        summary: 'January again, a week at a time',
      },
    ],
    writes: true,
    load: async () => (await import('./backfill.ts')).backfill,
  },
  {
    name: 'test',
    group: 'make',
    summary: 'rows in, rows out: the tests of the project',
    arguments: [{ name: 'name', summary: 'tests or assets; all when left out', many: true }],
    options: [],
    examples: [{ command: 'sluice test marts.revenue', summary: 'the tests of one asset' }],
    writes: false,
    load: async () => (await import('./test.ts')).test,
  },
  {
    name: 'dbt',
    group: 'make',
    summary: 'a dbt project, by the commands and flags of dbt',
    arguments: [
      {
        name: 'command',
        summary: 'build, run, test, ls and others; `sluice dbt --help` lists them',
        many: true,
      },
    ],
    options: [],
    examples: [
      { command: 'sluice dbt build', summary: 'seeds, models, snapshots and tests, in order' },
      {
        command: 'sluice dbt run --select +orders tag:daily',
        summary: 'some models, and all that they read',
      },
      { command: 'sluice dbt doctor', summary: 'what of the project is not supported' },
    ],
    writes: true,
    readsItself: true,
    load: async () => (await import('./dbt.ts')).dbt,
  },
  {
    name: 'show',
    group: 'look',
    summary: 'an asset: rows, schema, contract, history',
    arguments: [asset],
    options: [
      { name: 'schema', summary: 'columns and types' },
      { name: 'contract', summary: 'what it promises, and what happens on a change' },
      { name: 'history', summary: 'its last runs' },
      { name: 'sql', summary: 'the query that makes it' },
      rows,
      csv,
    ],
    examples: [
      { command: 'sluice show marts.revenue', summary: 'the first rows' },
      { command: 'sluice show marts.revenue --schema', summary: 'its columns' },
    ],
    writes: false,
    load: async () => (await import('./show.ts')).show,
  },
  {
    name: 'sql',
    group: 'look',
    summary: "a query against the project's tables",
    arguments: [{ name: 'query', summary: 'SQL; read from standard input when left out' }],
    options: [rows, csv],
    examples: [
      {
        command: 'sluice sql "select count(*) from marts.revenue"',
        summary: 'a table on a terminal, CSV in a pipe',
      },
      { command: 'sluice sql --json < query.sql', summary: 'every value as text or null, exact' },
    ],
    writes: false,
    load: async () => (await import('./sql.ts')).sql,
  },
  {
    name: 'lineage',
    group: 'look',
    summary: 'up, down, by column; what breaks if',
    arguments: [{ name: 'asset', summary: 'an asset, or asset.column', required: true }],
    options: [
      { name: 'up', summary: 'only what it is made from' },
      { name: 'down', summary: 'only what is made from it' },
      { name: 'depth', value: 'N', summary: 'so many steps away at most' },
      { name: 'breaks', summary: 'what breaks if this asset or column goes' },
    ],
    examples: [
      { command: 'sluice lineage marts.revenue --up', summary: 'where a table comes from' },
      { command: 'sluice lineage raw.orders.amount --breaks', summary: 'what breaks without this column' },
    ],
    writes: false,
    load: async () => (await import('./lineage.ts')).lineage,
  },
  {
    name: 'quality',
    group: 'look',
    summary: 'checks: the last verdicts, and how they went before',
    arguments: [{ name: 'asset', summary: 'one asset; all when left out' }],
    options: [{ name: 'history', summary: 'the last verdicts of each check, oldest first' }],
    examples: [{ command: 'sluice quality marts.revenue', summary: 'every check of one asset' }],
    writes: false,
    load: async () => (await import('./quality.ts')).quality,
  },
  {
    name: 'logs',
    group: 'look',
    summary: 'of a run, live or past',
    arguments: [{ name: 'run', summary: 'its id; the last run when left out' }],
    options: [
      { name: 'follow', short: 'f', summary: 'go on until the run has finished' },
      { name: 'list', summary: 'the runs, newest first' },
    ],
    examples: [{ command: 'sluice logs', summary: 'what happened in the last run' }],
    writes: false,
    load: async () => (await import('./logs.ts')).logs,
  },
  {
    name: 'quarantine',
    group: 'mend',
    summary: 'refused rows: list, show, replay, discard',
    arguments: [
      { name: 'action', summary: 'list, show, replay or discard; list when left out' },
      { name: 'asset', summary: 'the asset that refused the rows' },
      { name: 'id', summary: 'discard: only these rows', many: true },
    ],
    options: [rows, csv],
    examples: [
      { command: 'sluice quarantine', summary: 'how many rows lie where, and why' },
      { command: 'sluice quarantine show raw.orders', summary: 'the rows themselves' },
      { command: 'sluice quarantine replay raw.orders', summary: "send them through today's code again" },
    ],
    writes: true,
    load: async () => (await import('./quarantine.ts')).quarantine,
  },
  {
    name: 'lake',
    group: 'mend',
    summary: 'history, diff, restore, optimize, vacuum, fsck, clone of tables',
    arguments: [
      { name: 'action', summary: 'history, diff, restore, optimize, vacuum, fsck or clone', required: true },
      { name: 'table', summary: 'its name; optimize, vacuum, fsck: all when left out', many: true },
    ],
    options: [
      { name: 'from', value: 'STATE', summary: 'diff, clone: a version, a time or a run' },
      { name: 'to', value: 'STATE', summary: 'diff, restore: a version, a time or a run' },
      { name: 'sort-by', value: 'COLUMNS', summary: 'optimize: rows lie close by these columns (Z-order)' },
      { name: 'where', value: 'SQL', summary: 'optimize: only these partitions' },
      {
        name: 'retain',
        value: 'TIME',
        summary: 'vacuum: keep what was live within it; 7 days when left out',
      },
      { name: 'repair', summary: 'fsck: take files that are not there from the table, with their rows' },
      { name: 'dry-run', summary: 'vacuum, fsck --repair: only say which files' },
      { name: 'force', summary: 'vacuum: less than 7 days, although readers may be under way' },
      rows,
    ],
    examples: [
      { command: 'sluice lake history marts.revenue', summary: 'its versions, newest first' },
      { command: 'sluice lake restore marts.revenue --to 3', summary: 'as it was, as a new version' },
      { command: 'sluice lake vacuum --dry-run', summary: 'what nobody needs any more' },
    ],
    writes: true,
    load: async () => (await import('./lake.ts')).lake,
  },
  {
    name: 'promote',
    group: 'make',
    summary: 'what an environment has built becomes that of its base',
    arguments: [
      { name: 'environment', summary: 'one that stands beside a base', required: true },
      { ...selection, summary: 'assets; all that the environment has built when left out' },
    ],
    options: [exclude, { name: 'force', summary: 'also where the base changed since' }],
    examples: [
      { command: 'sluice promote dev', summary: 'all of it, or nothing' },
      { command: 'sluice promote dev marts.revenue', summary: 'one table' },
    ],
    writes: true,
    load: async () => (await import('./promote.ts')).promote,
  },
  {
    name: 'rollback',
    group: 'mend',
    summary: 'what a run published goes back to what was there before',
    arguments: [{ name: 'run', summary: 'its id; `sluice logs --list` lists the runs', required: true }],
    options: [],
    examples: [
      { command: 'sluice rollback 01kb…', summary: 'tables and their memory, all of it or nothing' },
    ],
    writes: true,
    load: async () => (await import('./rollback.ts')).rollback,
  },
  {
    name: 'explain',
    group: 'mend',
    summary: 'an error code, an asset, a decision',
    arguments: [{ name: 'code-or-asset', summary: 'SLUICE_REF_NOT_FOUND, or marts.revenue', required: true }],
    options: [],
    examples: [
      { command: 'sluice explain SLUICE_REF_NOT_FOUND', summary: 'what it means and what to do' },
      { command: 'sluice explain marts.revenue', summary: 'why it would run, or would not' },
    ],
    writes: false,
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'doctor',
    group: 'mend',
    summary: 'what is installed, reachable, wrong',
    arguments: [],
    options: [],
    examples: [{ command: 'sluice doctor --json', summary: 'what a report needs' }],
    writes: false,
    load: async () => (await import('./doctor.ts')).doctor,
  },
]
