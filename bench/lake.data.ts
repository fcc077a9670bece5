import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Figure, Gate } from './bench.ts'
import { pythonWith } from '../test/servers/install.ts'

// What benchmarks of the lake are measured on, and how: each piece of work in a process of its own.

const run = promisify(execFile)

/** Rows like those of TPC-H's lineitem, `line` its number: 16 columns, about 23 bytes a row with zstd. */
export function lineitem(line: string): string {
  const random = (salt: number, values: number) => `(hash(${line} * ${salt}) % ${values})`
  const cents = (salt: number, values: number) => `(${random(salt, values)} / 100)::decimal(15, 2)`
  const day = (salt: number) => `date '1992-01-01' + ${random(salt, 2500)}::integer`
  const oneOf = (salt: number, words: readonly string[]) =>
    `[${words.map(word => `'${word}'`).join(', ')}][1 + ${random(salt, words.length)}::integer]`
  return `${line}::bigint as l_orderkey, ${random(7, 2_000_000)}::bigint as l_partkey,
    ${random(11, 100_000)}::integer as l_suppkey, (${line} % 7)::integer as l_linenumber,
    ${cents(13, 5_000)} as l_quantity, ${cents(17, 10_000_000)} as l_extendedprice,
    ${cents(19, 11)} as l_discount, ${cents(23, 9)} as l_tax, ${oneOf(29, ['A', 'N', 'R'])} as l_returnflag,
    ${oneOf(31, ['O', 'F'])} as l_linestatus, ${day(37)} as l_shipdate, ${day(41)} as l_commitdate,
    ${day(43)} as l_receiptdate,
    ${oneOf(47, ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'])} as l_shipinstruct,
    ${oneOf(53, ['AIR', 'FOB', 'MAIL', 'RAIL', 'REG AIR', 'SHIP', 'TRUCK'])} as l_shipmode,
    'c' || ${random(59, 100_000)} || ' ' || ${random(61, 1_000)} as l_comment`
}

/** A statement that writes a query's rows to `<path>.parquet`. */
export function parquet(select: string, path: string): string {
  return `copy (${select}) to '${path}.parquet' (format parquet, compression snappy)`
}

/** SQL that writes files of the benchmark. */
export async function prepare(statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  for (const sql of statements) await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
}

/** What one piece of work took, in its process: from the modules' import to the closed table. */
export type Spent = {
  readonly cpuSeconds: number
  readonly seconds: number
  readonly rssBytes: number
  /** What it found or did: two ways of the same work must say the same. */
  readonly answer: string
}

export type Work = { readonly what: string; readonly table: string; readonly rows?: string }

export type Worker = (work: Work) => Promise<Spent>

export const sluice: Worker = work => spent(process.execPath, 'lake.work.ts', work)

/** Work on a log alone. */
export const onLog: Worker = work => spent(process.execPath, 'lake.log.ts', work)

/** PyPI `deltalake`, which is delta-rs. */
export function deltalake(): Worker {
  const python = pythonWith(['deltalake==1.6.6', 'pyarrow==26.0.1'])
  return work => spent(python, 'lake.deltalake.py', work)
}

async function spent(command: string, script: string, work: Work): Promise<Spent> {
  const args = [join(import.meta.dirname, script), JSON.stringify(work)]
  const { stdout } = await run(command, args)
  return JSON.parse(stdout) as Spent
}

/** The piece that took the least CPU; the machine may do other things besides. */
export async function best(rounds: number, round: () => Promise<Spent>): Promise<Spent> {
  let least = await round()
  for (let n = 1; n < rounds; n++) {
    const next = await round()
    if (next.cpuSeconds < least.cpuSeconds) least = next
  }
  return least
}

/** With a copy of the table, which is gone afterwards. */
export async function onCopy<T>(table: string, copy: string, act: () => Promise<T>): Promise<T> {
  await cp(table, copy, { recursive: true })
  try {
    return await act()
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

export type Beside = {
  readonly ours: Spent
  readonly theirs: Spent
  readonly cpuSecondsMax?: number | undefined
  readonly ratioMax?: number | undefined
}

/** The figure beside that of deltalake; a line of its own for each limit. */
export function beside(what: string, { ours, theirs, cpuSecondsMax, ratioMax }: Beside): readonly Figure[] {
  const figure = { what, figure: ours.cpuSeconds, unit: 'CPU-s' }
  const against = {
    ratio: ours.cpuSeconds / theirs.cpuSeconds,
    against: `deltalake, ${theirs.cpuSeconds.toFixed(2)} CPU-s`,
  }
  if (ratioMax === undefined) return [{ ...figure, ...against, ...gateOf('figure', cpuSecondsMax) }]
  const compared = { ...figure, ...against, ...gateOf('ratio', ratioMax) }
  return cpuSecondsMax === undefined
    ? [compared]
    : [
        { ...figure, ...gateOf('figure', cpuSecondsMax) },
        { ...compared, what: '  against deltalake' },
      ]
}

function gateOf(of: Gate['of'], atMost: number | undefined): { readonly gate?: Gate } {
  return atMost === undefined ? {} : { gate: { of, atMost } }
}

export async function inFolder<T>(act: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-lake-'))
  try {
    await mkdir(join(folder, 'rows'))
    return await act(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
