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
import { type Beside, besideOf } from './beside.ts'
import { asKept } from './contract-breaks.ts'
import { closing, once } from './once.ts'
import type { OpenOptions } from './project.ts'
import { random } from './random.ts'
import { sweepScratch } from './scratch.ts'

/** The rooms behind an opened project, each opened when it is first needed. */
export type Opened = {
  readonly read: ProjectRead
  readonly environment: string
  readonly target: Target
  /** The environment stands beside another one, its base. */
  readonly beside: Beside | undefined
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
  const { environment } = options
  const { target, base } = await placeOf(read, environment)
  const stateDir = stateDirOf(read, environment)
  const signal = options.signal ?? new AbortController().signal
  const onWords = options.onWords ?? (() => undefined)
  const own = ledgers(stateDir)
  const store = stores({ read, target, stateDir, signal, beside: base && environment })
  const basis = base && ledgers(stateDirOf(read, base.name))
  const beside =
    environment !== undefined && basis
      ? besideOf({ environment, baseName: base?.name, base: basis.open, own: own.open, store: store.open })
      : undefined
  const ledger = beside?.ledger ?? own.open
  const http = once(async () =>
    (await connectors.http()).openHttp({ ...systemClock(), random, log: onWords }),
  )
  const analyzer = once(async () => (await import('../engine/index.ts')).openAnalyzer())
  const compiled = compilations({
    read,
    analyzer,
    history: beside?.remembered ?? (async () => (await ledger('read')).history()),
  })
  return {
    read,
    environment: environment ?? 'default',
    target,
    beside,
    stateDir,
    signal,
    onWords,
    ledger,
    store: store.open,
    http,
    ...compiled,
    close: async () => {
      const all = [store.close(), own.close(), basis?.close(), closing(analyzer.made)]
      await Promise.allSettled(all)
      read.close()
      await Promise.all(all)
    },
  }
}

function stateDirOf({ root }: ProjectRead, environment: string | undefined): string {
  return join(root, '.sluice', ...(environment === undefined ? [] : [environment]))
}

type Placed = {
  readonly target: Target
  /** The environment that this one stands beside; its name is undefined for the project's own target. */
  readonly base: { readonly name: string | undefined } | undefined
}

async function placeOf(read: ProjectRead, environment: string | undefined): Promise<Placed> {
  const { config } = read
  const known = Object.keys(config.environments)
  if (environment !== undefined && config.environments[environment] === undefined) {
    // A configuration that cannot be read names no environments; why it cannot is what has to be told.
    const broken = read.failures.filter(({ at }) => at !== undefined && at.file === config.file)
    if (broken.length > 0) throw new Failures(broken)
    throw failure('SLUICE_ENVIRONMENT_UNKNOWN', { environment, near: near(environment, known), known })
  }
  const chosen = environment === undefined ? undefined : config.environments[environment]
  if (chosen?.target) return { target: chosen.target, base: undefined }
  const { beside } = chosen ?? {}
  const around = beside === undefined ? config.target : config.environments[beside]?.target
  const target = around ?? (await connectors.lake()).lake('./lake')
  if (environment === undefined) return { target, base: undefined }
  if (target.about.can.environments) return { target, base: { name: beside } }
  throw failure('SLUICE_ENVIRONMENT_BESIDE', { environment, target: target.describe })
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

type StoreParts = Pick<Opened, 'read' | 'target' | 'stateDir' | 'signal'> & {
  /** The environment, where it stands beside another. */
  readonly beside: string | undefined
}

function stores(of: StoreParts) {
  let current: { readonly mode: 'read' | 'write'; readonly store: Promise<Store> } | undefined
  const close = async () => {
    const open = current
    current = undefined
    await closing(open?.store)
  }
  const opened = async (mode: 'read' | 'write'): Promise<Store> => {
    if (current && (current.mode === 'write' || current.mode === mode)) return current.store
    await close()
    const tempDir = join(of.stateDir, 'tmp')
    if (mode === 'write') await sweepScratch(tempDir, systemClock().nowMs())
    const store = of.target.open({
      root: of.read.root,
      memoryBytesMax: memoryBytes(of.read.config.limits),
      mode,
      tempDir,
      cacheDir: join(of.stateDir, 'cache'),
      signal: of.signal,
      ...(of.beside === undefined ? {} : { environment: of.beside }),
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
