import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { jarsOf, packagesOf, pythonWith } from '../servers/install.ts'

/** A reader, and mostly a writer, of Delta tables that others wrote. */
export type Judge = {
  readonly name: string
  /** The table's rows, at a version or the newest, into one new Parquet file. */
  read(table: string, out: string, version?: number): Promise<void>
  close(): Promise<void>
}

export type WritingJudge = Judge & {
  /** Its change feed from version to version, both included, into one new Parquet file. */
  changes(table: string, out: string, versions: { readonly from: number; readonly to: number }): Promise<void>
  /** Rows of a Parquet file into the table. */
  write(table: string, rows: string, options?: WriteOptions): Promise<void>
  /** Anything else it can do; `judge.py` lists the requests. */
  ask(request: { readonly op: string; readonly [name: string]: unknown }): Promise<readonly unknown[]>
}

export type WriteOptions = {
  readonly mode?: 'append' | 'overwrite'
  readonly partitions?: readonly string[]
  readonly properties?: { readonly [name: string]: string }
}

/** delta-rs, by PyPI `deltalake`. */
export function deltaRs(): WritingJudge {
  const python = pythonWith(['deltalake==1.6.6', 'pyarrow==26.0.1'])
  return pythonJudge('deltalake', python, {})
}

/** DuckDB with its extension delta, which is delta-kernel-rs: what `delta_scan` gives. */
export function duckdbDelta(): Judge {
  return pythonJudge('duckdb', pythonWith(['duckdb==1.5.5', 'duckdb-extension-delta==1.5.5']), {})
}

/** Spark 4 with delta-spark: the reference implementation. */
export function spark(): WritingJudge {
  const python = pythonWith(['pyspark==4.0.1'])
  const jars = jarsOf(['io.delta:delta-spark_2.13:4.0.0', 'io.delta:delta-storage:4.0.0'])
  return pythonJudge('spark', python, { JUDGE_JARS: jars })
}

function pythonJudge(name: string, python: string, env: { readonly [name: string]: string }): WritingJudge {
  const temp = mkdtempSync(join(tmpdir(), `judge-${name}-`))
  const script = fileURLToPath(new URL('judge.py', import.meta.url))
  const child = spawn(python, [script, name], {
    cwd: temp,
    env: { ...process.env, ...env, JUDGE_TEMP: temp, TZ: 'UTC' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const talk = talking(name, child)
  return {
    name,
    ask: talk,
    read: async (table, out, version) => {
      await talk({ op: 'read', table, out, ...(version === undefined ? {} : { version }) })
    },
    changes: async (table, out, versions) => {
      await talk({ op: 'changes', table, out, ...versions })
    },
    write: async (table, rows, options = {}) => {
      await talk({ op: 'write', table, rows, ...options })
    },
    close: async () => {
      child.stdin?.end()
      if (child.exitCode === null) await new Promise(done => child.once('exit', done))
      rmSync(temp, { recursive: true, force: true })
    },
  }
}

type Answer = { readonly ok: boolean; readonly rows?: readonly unknown[]; readonly error?: string }

/** Requests as lines, one answer for each, in order. */
function talking(name: string, child: ChildProcess): WritingJudge['ask'] {
  if (!child.stdout || !child.stderr) throw new TypeError(`${name} has no pipes`)
  const waiting: ((answer: Answer) => void)[] = []
  let said = ''
  child.stderr.on('data', (words: Buffer) => {
    said = (said + String(words)).slice(-4_000)
  })
  createInterface({ input: child.stdout }).on('line', line => waiting.shift()?.(JSON.parse(line) as Answer))
  child.once('exit', () => {
    for (const answer of waiting.splice(0)) answer({ ok: false, error: `${name} ended: ${said}` })
  })
  return async request => {
    const answer = await new Promise<Answer>(done => {
      waiting.push(done)
      child.stdin?.write(`${JSON.stringify(request)}\n`)
    })
    if (!answer.ok) throw new TypeError(`${name}: ${answer.error}`)
    return answer.rows ?? []
  }
}

/**
 * ClickHouse with delta-kernel-rs inside, by npm `chdb`. It reads only below its working folder, so it runs
 * in a
 * process of its own, at the parent of the table.
 */
export function chdb(): Judge {
  const home = packagesOf(['chdb@3.4.0'])
  const script = fileURLToPath(new URL('chdb.mjs', import.meta.url))
  return {
    name: 'chdb',
    read: async (table, out, version) => {
      const whole = resolve(table)
      const args = [script, home, whole, out, ...(version === undefined ? [] : [String(version)])]
      const first = await chdbOnce(args, dirname(whole))
      // Its native module now and then dies of a signal, in one of some hundred processes; a wrong answer
      // it repeats.
      const last = first.signal === null ? first : await chdbOnce(args, dirname(whole))
      if (last.status !== 0) throw new TypeError(`chdb: ${last.signal ?? last.status} ${last.said}`)
    },
    close: async () => undefined,
  }
}

type Ended = { readonly status: number | null; readonly signal: string | null; readonly said: string }

async function chdbOnce(args: readonly string[], cwd: string): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (words: Buffer) => {
      said = (said + String(words)).slice(-2_000)
    })
  return new Promise(done => child.once('exit', (status, signal) => done({ status, signal, said })))
}
