import type { Driver } from './driver.ts'

/** One step of the schema's life. Never edited once released: what is wrong is mended by the next one. */
export type Migration = { readonly number: number; readonly name: string; readonly template: string }

/**
 * Written once for both databases. `{int}` whole number · `{seq}` key in commit order · `{table}` what
 * follows a table's columns · `{keyed}` the same for tables that are found by their key only · `{feed}` what
 * a reader needs to follow events. Structured values are text that holds JSON: jsonb would reorder keys and
 * respell numbers.
 */
export const migrations: readonly Migration[] = [
  {
    number: 1,
    name: 'runs, steps, assets and their events',
    template: `
create table run (
  id text not null primary key, project text not null, started_by text not null, actor text not null,
  plan_hash text, resumes text, process text, pid {int} not null, epoch {int} not null,
  state text not null check (state in ('running', 'cancelling', 'finished')), outcome text,
  steps {int} not null, started_ms {int} not null, finished_ms {int}
){table};
create index run_unfinished on run (id) where state <> 'finished';
create table step (
  run text not null, step text not null, seq {int} not null, asset text not null,
  state text not null check (state in ('running', 'waiting', 'ended')), outcome text, attempt {int} not null,
  started_ms {int}, finished_ms {int}, partitions text, effect text, counts text,
  version {int}, failure text, words text,
  primary key (run, step)
){keyed};
create table asset (
  name text not null primary key, last_outcome text, succeeded_ms {int}, attempted_ms {int}, fingerprint text,
  checks_fingerprint text, version {int} not null, upstream text not null, position text,
  cursor_value text, probe text, duration_ms {int}, row_count {int}
){keyed};
create table asset_partition (
  asset text not null, part text not null, version {int} not null, fingerprint text not null,
  upstream text not null,
  primary key (asset, part)
){keyed};
create table contract (asset text not null primary key, version {int} not null, body text not null){keyed};
create table claim (asset text not null primary key, run text not null, since_ms {int} not null){keyed};
create table event (
  seq {seq}, at_ms {int} not null, run text not null, step text, asset text, attempt {int},
  kind text not null, body text not null, change text{feed}
){table};
create index event_run on event (run, seq);
create index event_asset on event (asset, seq) where asset is not null;
`,
  },
]

const spellings = {
  sqlite: {
    '{int}': 'integer',
    '{seq}': 'integer primary key autoincrement',
    '{table}': ' strict',
    '{keyed}': ' strict, without rowid',
    // One writer at a time: seq is commit order.
    '{feed}': '',
  },
  postgres: {
    '{int}': 'bigint',
    '{seq}': 'bigint generated always as identity primary key',
    '{table}': '',
    '{keyed}': '',
    // Identity is not commit order: a reader takes only rows below pg_snapshot_xmin(pg_current_snapshot()),
    // or loses 17 %.
    '{feed}': ', xid xid8 not null default pg_current_xact_id()',
  },
} satisfies Record<Driver['dialect'], Record<string, string>>

/** The statements of a migration for one database. */
export function ddl(migration: Migration, dialect: Driver['dialect']): string {
  const words: Readonly<Record<string, string>> = spellings[dialect]
  return migration.template.replace(/\{\w+\}/g, mark => words[mark] ?? mark)
}

/** Where the applied migrations stand; made before the first one. */
export function migrationTable(dialect: Driver['dialect']): string {
  const { '{int}': int, '{table}': table } = spellings[dialect]
  return `create table if not exists migration (
  number ${int} not null primary key, name text not null, checksum text not null, applied_ms ${int} not null
)${table};`
}
