import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import type { Batch, FileFormat, Store } from '../connect/index.ts'
import { connectors } from '../connectors/registry.generated.ts'
import { asFailure, failure } from '../errors/index.ts'
import { openSpool } from '../ledger/index.ts'
import type { AssetName, Column, Event, Manifest, Step } from '../model/index.ts'
import { graphOf } from '../plan/index.ts'
import type { Fixture } from '../project/index.ts'
import { stepWork, systemClock } from '../run/index.ts'
import { quoteAsset, quoteName } from '../sql/index.ts'
import type { Opened } from './opened.ts'
import type { FixtureReport } from './project.ts'
import { scratchIn } from './scratch.ts'

/**
 * Rows in, rows out: each fixture in a database of its own, in memory, through the same steps that a run
 * takes.
 */
export async function runFixtures(
  rooms: Opened,
  asked: { readonly manifest: Manifest; readonly names: readonly string[] },
): Promise<readonly FixtureReport[]> {
  const { names } = asked
  const wanted = rooms.read.fixtures.filter(
    fixture => names.length === 0 || names.some(name => fixture.name === name || fixture.asset === name),
  )
  const [unknown] = names.filter(
    name => !rooms.read.fixtures.some(fixture => fixture.name === name || fixture.asset === name),
  )
  if (unknown !== undefined) throw failure('SLUICE_FIXTURE_NOT_FOUND', { name: unknown })
  const reports: FixtureReport[] = []
  for (const fixture of wanted) reports.push(await runFixture({ rooms, manifest: asked.manifest, fixture }))
  return reports
}

type Trial = { readonly rooms: Opened; readonly manifest: Manifest; readonly fixture: Fixture }

async function runFixture(trial: Trial): Promise<FixtureReport> {
  const { rooms, fixture } = trial
  const folder = await mkdtemp(join(tmpdir(), 'sluice-test-'))
  const store = await (await connectors.duckdb()).duckdb(':memory:').open({
    root: rooms.read.root,
    memoryBytesMax: rooms.read.config.limits.memoryBytesMax,
    mode: 'write',
    tempDir: folder,
    signal: rooms.signal,
  })
  const base = { name: fixture.name, asset: fixture.asset, missing: [], unexpected: [], columns: [] }
  try {
    for (const input of fixture.inputs) await put(trial, store, { ...input, as: input.asset })
    await build(trial, store, folder)
    return { ...base, ...(await compare(trial, store)), failure: undefined }
  } catch (thrown) {
    return { ...base, outcome: 'error', failure: asFailure(thrown, `testing ${fixture.asset}`) }
  } finally {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A file as a table, with the types that its asset has; columns that the file lacks are NULL. */
async function put(
  { rooms, manifest }: Trial,
  store: Store,
  given: { readonly asset: AssetName; readonly file: string; readonly as: AssetName },
): Promise<readonly string[]> {
  const path = join(rooms.read.root, given.file)
  const known = manifest.assets.find(asset => asset.name === given.asset)?.columns
  const work = await store.begin({ asset: given.as, effect: given.as, keyed: false, signal: rooms.signal })
  try {
    const { size } = await stat(path)
    const files = async function* (): AsyncGenerator<Batch> {
      const file = { path, name: given.file, sizeBytes: size }
      // The project lets only names through that end with a format.
      const format = extname(path).slice(1) as FileFormat
      yield { kind: 'files', format, files: [file], options: format === 'csv' ? { header: true } : {} }
    }
    const loaded = await work.load(files(), {
      columns: undefined,
      detect: known ? 'text' : 'types',
      nested: 'keep',
    })
    const found = loaded.columns.map(column => column.name)
    const columns = known ?? loaded.columns
    await work.write({
      table: given.as,
      strategy: 'replace',
      sql: `select ${columns.map(column => typed(column, found)).join(', ')} from ${loaded.relation}`,
      columns,
      key: [],
      cursor: undefined,
      partition: undefined,
      atMs: 0,
      deleteMissing: false,
    })
    await work.publish({
      asset: given.as,
      run: '',
      atMs: 0,
      counts: { in: 0, out: 0, refused: 0, deduplicated: 0 },
      record: null,
    })
    return found
  } finally {
    await work.abandon()
  }
}

function typed({ name, type }: Column, found: readonly string[]): string {
  const there = found.find(column => column.toLowerCase() === name.toLowerCase())
  return `cast(${there === undefined ? 'null' : quoteName(there)} as ${type}) as ${quoteName(name)}`
}

async function build({ rooms, manifest, fixture }: Trial, store: Store, folder: string): Promise<void> {
  const asset = manifest.assets.find(it => it.name === fixture.asset)
  if (asset === undefined) throw failure('SLUICE_FIXTURE_NOT_FOUND', { name: fixture.asset })
  const step: Step = {
    id: fixture.name,
    asset: fixture.asset,
    partitions: undefined,
    action: 'build',
    reason: { code: 'forced', words: 'a test' },
    conditional: false,
    needs: [],
    write: asset.write,
    expectedMs: undefined,
  }
  const work = stepWork({
    // The promises of the asset are not what is tested: rows are.
    manifest: { ...manifest, assets: [{ ...asset, checks: [] }] },
    graph: graphOf(manifest),
    root: rooms.read.root,
    atMs: systemClock().nowMs(),
    store,
    code: rooms.read.code,
    inputs: new Map(
      rooms.read.declarations.flatMap(({ name, body }) =>
        body.kind === 'rows' ? [[name, body.inputs] as const] : [],
      ),
    ),
    memory: { asset: async () => undefined },
    spool: (name, fingerprint) => openSpool({ path: folder, asset: name, fingerprint }),
    scratch: name => scratchIn(folder, name),
    http: await rooms.http(),
    clock: systemClock(),
    probes: {},
    keyed: false,
    replay: undefined,
    onWords: () => undefined,
  })
  const log = async (): Promise<Event> => ({
    seq: 0,
    atMs: 0,
    run: '',
    body: { kind: 'log', level: 'info', words: '' },
  })
  await work(step, { run: '', attempt: 1, signal: rooms.signal, effectKey: fixture.name, log })
}

const differencesMax = 10

async function compare(
  trial: Trial,
  store: Store,
): Promise<Pick<FixtureReport, 'outcome' | 'missing' | 'unexpected' | 'columns'>> {
  const { fixture } = trial
  const expected = `_expected.${fixture.asset.replace('.', '__')}`
  const made = await store.columns(fixture.asset)
  const manifest = {
    ...trial.manifest,
    assets: trial.manifest.assets.map(asset =>
      asset.name === fixture.asset ? { ...asset, columns: made } : asset,
    ),
  }
  const columns = await put({ ...trial, manifest }, store, {
    asset: fixture.asset,
    file: fixture.expected,
    as: expected,
  })
  const unknown = columns.filter(
    name => !made?.some(column => column.name.toLowerCase() === name.toLowerCase()),
  )
  if (unknown[0] !== undefined) {
    throw failure('SLUICE_FIXTURE_COLUMN', { asset: fixture.asset, column: unknown[0] }, { at: fixture.at })
  }
  const list = columns.map(quoteName).join(', ')
  const rowsOf = (relation: AssetName) => `select ${list} from ${quoteAsset(relation)}`
  const without = async (a: string, b: string) =>
    (await store.query(`(${a} except all ${b}) order by all`, { rowsMax: differencesMax })).rows
  const missing = await without(rowsOf(expected), rowsOf(fixture.asset))
  const unexpected = await without(rowsOf(fixture.asset), rowsOf(expected))
  return { outcome: missing.length + unexpected.length === 0 ? 'pass' : 'fail', missing, unexpected, columns }
}
