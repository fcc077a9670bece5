import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Engine, openEngine, type Session, withSession } from '../../src/engine/index.ts'
import { Failure } from '../../src/errors/index.ts'
import type { DeltaLog } from '../../src/formats/delta/face.ts'
import { openDeltaLog } from '../../src/formats/delta/log/open.ts'
import { localStore } from '../../src/objects/index.ts'
import { fixturesFolder, foldersIn, hashSql, tableFolders } from './fixtures.ts'

// Tables that others wrote are read as they say, or refused by name. `fixtures.json` is the ledger: what
// each folder is. `judge`: that reader sees the same rows, value for value. Without a judge it reads no
// such table.

type Outcome = {
  readonly version?: number
  readonly files?: number
  readonly rows?: number
  readonly hash?: string
  readonly judge?: 'deltalake'
  readonly fails?: string
}

const ledger = JSON.parse(await readFile(new URL('fixtures.json', import.meta.url), 'utf8')) as {
  readonly [folder: string]: Outcome
}

let folder: string
let engine: Engine
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-fixtures-'))
  engine = await openEngine({ tempDir: folder, memoryBytesMax: 2 ** 30 })
})
afterAll(async () => {
  engine.close()
  await rm(folder, { recursive: true })
})

async function withLog<T>(path: string, act: (log: DeltaLog, session: Session) => Promise<T>): Promise<T> {
  const store = localStore(join(fixturesFolder, path))
  const log = await openDeltaLog({ store, engine, nowMs: () => 0 })
  try {
    return await withSession(engine.session({ path }), session => act(log, session))
  } finally {
    await log.close()
  }
}

async function outcomeOf(path: string): Promise<Outcome> {
  return withLog(path, async (log, session) => {
    let seen: Outcome = {}
    try {
      const snapshot = await log.latest()
      if (!snapshot) return { fails: 'SLUICE_DELTA_NOT_A_TABLE' }
      const files = await session.count(`select count(*) from (${snapshot.filesSql})`)
      seen = { version: snapshot.version, files }
      const [rows, hash] = await session.row(hashSql((await snapshot.scan()).sql))
      return { ...seen, rows: Number(rows), hash: hash ?? '' }
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown
      return { ...seen, fails: thrown.code }
    }
  })
}

describe('every folder of the fixtures is in the ledger', () => {
  test('and nothing else is', async () => {
    const folders = await tableFolders(['dat/out/reader_tests', 'delta-golden', 'delta-rs'])
    expect(Object.keys(ledger).toSorted()).toEqual(folders)
    const outcomes = Object.values(ledger)
    const failing = outcomes.filter(({ fails }) => fails !== undefined)
    const judged = outcomes.filter(({ judge }) => judge !== undefined)
    process.stdout.write(
      `fixture tables: ${outcomes.length - failing.length} read (${judged.length} of them equal to what ` +
        `deltalake reads), ${failing.length} refused with the code that the ledger names\n`,
    )
  })

  test.each(Object.entries(ledger))('%s', async (path, { version, files, rows, hash, fails }) => {
    expect(await outcomeOf(path)).toEqual({ version, files, rows, hash, fails })
  })
})

const acceptance = 'dat/out/reader_tests/generated'

type Expected = {
  readonly version: number
  readonly properties: { readonly [name: string]: string }
  readonly min_reader_version: number
  readonly min_writer_version: number
}

describe('acceptance tests: rows, columns and protocol of every version', async () => {
  const cases = (
    await Promise.all(
      (
        await foldersIn(acceptance)
      ).map(async name =>
        (await foldersIn(`${acceptance}/${name}/expected`)).map(version => [name, version] as const),
      ),
    )
  ).flat()

  test.each(cases)('%s %s', async (name, at) => {
    const expectation = join(fixturesFolder, acceptance, name, 'expected', at)
    const meta = JSON.parse(
      await readFile(join(expectation, 'table_version_metadata.json'), 'utf8'),
    ) as Expected
    await withLog(`${acceptance}/${name}/delta`, async (log, session) => {
      const snapshot = at === 'latest' ? await log.latest() : await log.at({ version: Number(at.slice(1)) })
      if (!snapshot) throw new TypeError('there is no table')
      expect(snapshot.version).toBe(meta.version)
      expect(snapshot.protocol).toMatchObject({
        minReaderVersion: meta.min_reader_version,
        minWriterVersion: meta.min_writer_version,
      })
      expect(snapshot.metadata.configuration).toEqual(meta.properties)
      const found = (await snapshot.scan()).sql
      const content = `${expectation}/table_content/**/*.parquet`
      const wanted = `select * from read_parquet('${content}', hive_partitioning = false)`
      expect(await session.describe(found)).toEqual(await session.describe(wanted))
      const onlyIn = (one: string, other: string) =>
        session.count(`select count(*) from (from (${one}) except all from (${other}))`)
      expect(await onlyIn(wanted, found)).toBe(0)
      expect(await onlyIn(found, wanted)).toBe(0)
    })
  })

  test('there are 19 tables', async () => {
    expect(await readdir(join(fixturesFolder, acceptance))).toHaveLength(19)
  })
})
