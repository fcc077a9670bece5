import { totalmem } from 'node:os'
import { join } from 'node:path'
import { compile, type Compiled } from '../compile/index.ts'
import type { Analyzer, Http, Store, Target } from '../connect/index.ts'
import { connectors } from '../connectors/registry.generated.ts'
import { type Failure, Failures, failure, near } from '../errors/index.ts'
import { idsFrom, type Ledger, openLedger } from '../ledger/index.ts'
import { type AssetName, type Column, childTable, type History, type Limits } from '../model/index.ts'
import { findRoot, hash, type ProjectRead, readProject } from '../project/index.ts'
import { systemClock } from '../run/index.ts'
import { asKept } from './contract-breaks.ts'
import { closing, once } from './once.ts'
import type { OpenOptions } from './project.ts'
import { random } from './random.ts'

/** The rooms behind an opened project, each opened when it is first needed. */
export type Opened = {
  readonly read: ProjectRead
  readonly environment: string
  readonly target: Target
  /** The project's own folder for state. */
  readonly stateDir: string
  readonly signal: AbortSignal
  readonly onWords: (words: string) => void
  readonly ledger: (mode: 'read' | 'write') => Promise<Ledger>
  /** One at a time: a store that is open for writing also answers readers. */
  readonly store: (mode: 'read' | 'write') => Promise<Store>
  readonly http: () => Promise<Http>
  readonly compiled: (options: { readonly lineage: boolean }) => Promise<Compiled>
  /** With lineage, as if nothing but the kept contracts told the types of what is loaded. */
  readonly compiledAsKept: () => Promise<Compiled>
  readonly close: () => Promise<void>
}

/** The rooms behind the project that holds `cwd`. */
export async function openRooms(options: OpenOptions): Promise<Opened> {
  return roomsOf(await readProject(findRoot(options.cwd)), options)
}

/** The rooms behind a project that was read, or made, before. */
export async function roomsOf(read: ProjectRead, options: Omit<OpenOptions, 'cwd'>): Promise<Opened> {
  const environment = options.environment ?? 'default'
  const target = await targetOf(read, options.environment)
  const stateDir = join(
    read.root,
    '.sluice',
    ...(options.environment === undefined ? [] : [options.environment]),
  )
  const signal = options.signal ?? new AbortController().signal
  const onWords = options.onWords ?? (() => undefined)
  const ledger = ledgers(stateDir)
  const store = stores({ read, target, stateDir, signal })
  const http = once(async () =>
    (await connectors.http()).openHttp({ ...systemClock(), random, log: onWords }),
  )
  const analyzer = once(async () => (await import('../engine/index.ts')).openAnalyzer())
  const compiled = compilations({
    read,
    analyzer,
    history: async () => (await ledger.open('read')).history(),
  })
  return {
    read,
    environment,
    target,
    stateDir,
    signal,
    onWords,
    ledger: ledger.open,
    store: store.open,
    http,
    ...compiled,
    close: async () => {
      const all = [store.close(), ledger.close(), closing(analyzer.made)]
      await Promise.allSettled(all)
      read.close()
      await Promise.all(all)
    },
  }
}

async function targetOf(read: ProjectRead, environment: string | undefined): Promise<Target> {
  const { config } = read
  const known = Object.keys(config.environments)
  if (environment !== undefined && config.environments[environment] === undefined) {
    // A configuration that cannot be read names no environments; why it cannot is what has to be told.
    const broken = read.failures.filter(({ at }) => at !== undefined && at.file === config.file)
    if (broken.length > 0) throw new Failures(broken)
    throw failure('SLUICE_ENVIRONMENT_UNKNOWN', { environment, near: near(environment, known), known })
  }
  const chosen = environment === undefined ? config.target : config.environments[environment]?.target
  return chosen ?? (await connectors.duckdb()).duckdb(`${config.name}.duckdb`)
}

function ledgers(stateDir: string) {
  const open = (mode: 'read' | 'write') =>
    openLedger({
      path: stateDir,
      mode,
      nowMs: systemClock().nowMs,
      newId: idsFrom({ nowMs: systemClock().nowMs, random }),
      pid: process.pid,
      soon: flush => setImmediate(flush),
    })
  const reading = once(() => open('read'))
  const writing = once(() => open('write'))
  return {
    open: (mode: 'read' | 'write') => (mode === 'write' || writing.made ? writing() : reading()),
    close: async () => {
      await closing(writing.made)
      await closing(reading.made)
    },
  }
}

function stores(of: Pick<Opened, 'read' | 'target' | 'stateDir' | 'signal'>) {
  let current: { readonly mode: 'read' | 'write'; readonly store: Promise<Store> } | undefined
  const close = async () => {
    const open = current
    current = undefined
    await closing(open?.store)
  }
  const opened = async (mode: 'read' | 'write'): Promise<Store> => {
    if (current && (current.mode === 'write' || current.mode === mode)) return current.store
    await close()
    const store = of.target.open({
      root: of.read.root,
      memoryBytesMax: memoryBytes(of.read.config.limits),
      mode,
      tempDir: join(of.stateDir, 'tmp'),
      signal: of.signal,
    })
    current = { mode, store }
    try {
      return await store
    } catch (thrown) {
      // Locked now, or not made yet: the next one who asks tries again.
      current = undefined
      throw thrown
    }
  }
  // One after the other: two that asked at once would both open it, and one of them would stay open for ever.
  let last: Promise<unknown> = Promise.resolve()
  const open = (mode: 'read' | 'write'): Promise<Store> => {
    const next = last.then(() => opened(mode))
    last = next.catch(() => undefined)
    return next
  }
  return { open, close: () => last.then(close) }
}

/** The project's limit, and never so much that the machine has to swap. */
function memoryBytes(limits: Limits): number {
  return Math.min(limits.memoryBytesMax, Math.floor(totalmem() * 0.8))
}

function compilations(from: {
  readonly read: ProjectRead
  readonly analyzer: () => Promise<Analyzer>
  readonly history: () => Promise<History>
}): Pick<Opened, 'compiled' | 'compiledAsKept'> {
  const memo = { parsed: new Map(), bound: new Map() }
  const make = async (how: { lineage: boolean; asKept: boolean }): Promise<Compiled> => {
    const { read } = from
    const [analyzer, history] = await Promise.all([from.analyzer(), from.history()])
    const known = knownColumns(history)
    return compile({
      project: read.config.name,
      declarations: how.asKept ? asKept(read.declarations, known) : read.declarations,
      checkFiles: read.checkFiles,
      known,
      analyzer,
      hash,
      pools: read.config.pools,
      lineage: how.lineage,
      memo,
    })
  }
  return {
    compiled: ({ lineage }) => make({ lineage, asKept: false }),
    compiledAsKept: () => make({ lineage: true, asKept: true }),
  }
}

/** What loads have shown: the contracts that the ledger keeps, child tables among them. */
function knownColumns(history: History): { readonly [asset: AssetName]: readonly Column[] } {
  const pairs = Object.entries(history.assets).flatMap(([name, { contract }]) => {
    if (contract === undefined) return []
    const children = contract.children ?? []
    return [
      [name, contract.columns] as const,
      ...children.map(({ path, columns }) => [childTable(name, path), columns] as const),
    ]
  })
  return Object.fromEntries(pairs)
}

/** Everything that is wrong with the project, as one thing to throw; undefined: nothing is. */
export function wrong(read: ProjectRead, compiled: Compiled): Failure | Failures | undefined {
  const all = [...read.failures, ...compiled.failures]
  const [first] = all
  if (first === undefined) return undefined
  return all.length === 1 ? first : new Failures(all)
}
