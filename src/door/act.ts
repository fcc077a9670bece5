import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { Source } from '../connect/index.ts'
import { asFailure } from '../errors/index.ts'
import { type Ledger, openSpool, type RunLog } from '../ledger/index.ts'
import type { AssetName, Event, Plan, Verdict } from '../model/index.ts'
import { graphOf, plan, select } from '../plan/index.ts'
import type { ProjectRead } from '../project/index.ts'
import { execute, type ExecuteOptions, stepWork, type StepResult, systemClock } from '../run/index.ts'
import { caring } from './care.ts'
import type { RunOptions, RunReport, StepReport, Wish } from './project.ts'
import { forgotten } from './present.ts'
import { auditing } from './project-checks.ts'
import type { Scene } from './scene.ts'
import { scratchIn } from './scratch.ts'

type Probes = { readonly [name: AssetName]: string }
type Cast = {
  readonly options: RunOptions
  readonly log: RunLog
  readonly signal: AbortSignal
  readonly probes: Probes
  /** Assets built by this run so far. */
  readonly rebuilt: ReadonlySet<AssetName>
}

/** Plan, carry the plan out, keep in order what it wrote, then look at the checks that span assets. */
export async function act(scene: Scene, options: RunOptions): Promise<RunReport> {
  const startedAtMs = systemClock().nowMs()
  const signal = options.signal ?? new AbortController().signal
  const probes = await probe(scene, { wish: options, signal })
  const decided = planOf(scene, options, probes)
  const report = {
    plan: decided,
    recovered: scene.recovered,
    run: '',
    steps: [],
    outcome: 'success',
  } as const
  const durationMs = () => systemClock().nowMs() - startedAtMs
  if (decided.steps.length === 0) return { ...report, durationMs: durationMs() }
  const verdicts = new Map<string, Verdict[]>()
  const log = await scene.ledger.startRun({
    project: scene.manifest.project,
    trigger: options.trigger ?? 'library',
    actor: userInfo().username,
    steps: decided.steps.map(step => ({ id: step.id, asset: step.asset })),
    onEvent: event => {
      gather(verdicts, event)
      options.onEvent?.(event)
    },
  })
  const audit = auditing(scene, log)
  const pen = caring(scene, audit.log, { built: audit.built, signal })
  const cast: Cast = { options, log: pen, signal, probes, rebuilt: audit.built }
  const execution = await execute(decided, executeOptions(scene, cast))
  return {
    ...report,
    run: log.id,
    outcome: execution.outcome === 'success' && audit.failed() ? 'failed' : execution.outcome,
    durationMs: durationMs(),
    steps: [...execution.steps.map(result => stepReport(result, verdicts)), ...audit.reports()],
  }
}

/** What would run now. */
export function planOf(scene: Pick<Scene, 'manifest' | 'history' | 'own'>, wish: Wish, probes: Probes): Plan {
  return plan(scene.manifest, scene.history, {
    select: wish.select ?? [],
    exclude: wish.exclude ?? [],
    force: wish.force ?? false,
    ...(wish.again ? { again: wish.again } : {}),
    ...(wish.partitions ? { partitions: wish.partitions } : {}),
    chunkMax: wish.chunkMax ?? 10_000,
    newestFirst: wish.newestFirst ?? false,
    nowMs: systemClock().nowMs(),
    probes,
    ...(scene.own ? { beside: { own: scene.own } } : {}),
  })
}

function executeOptions(scene: Scene, cast: Cast): ExecuteOptions {
  const assets = new Map(scene.manifest.assets.map(asset => [asset.name, asset]))
  const { options, log, signal, probes } = cast
  return {
    log,
    signal,
    clock: systemClock(),
    limits: scene.read.config.limits,
    pools: scene.manifest.pools,
    failFast: options.failFast ?? false,
    rules: name => {
      const asset = assets.get(name)
      const { stepTimeoutMs } = scene.read.config.limits
      if (asset) return { ...asset, timeoutMs: Math.min(asset.timeoutMs, stepTimeoutMs) }
      const retry = { attemptsMax: 1, baseMs: 0, capMs: 0, factor: 1 }
      return { trigger: 'all_done', retry, timeoutMs: stepTimeoutMs, pool: '' }
    },
    work: stepWork({
      graph: graphOf(scene.manifest),
      root: scene.read.root,
      manifest: scene.manifest,
      atMs: log.startedAtMs,
      store: scene.store,
      code: scene.read.code,
      inputs: inputsOf(scene.read),
      memory: memoryOf(scene, cast.rebuilt),
      spool: (asset, fingerprint) => openSpool({ path: scene.stateDir, asset, fingerprint }),
      scratch: asset => scratchIn(join(scene.stateDir, 'tmp'), asset),
      http: scene.http,
      clock: systemClock(),
      probes,
      keyed: options.keyed ?? true,
      replay: options.replay,
      onWords: (asset, words) => scene.onWords(`${asset}: ${words}`),
    }),
  }
}

function memoryOf(scene: Scene, rebuilt: ReadonlySet<AssetName>): Pick<Ledger, 'asset'> {
  return {
    asset: async name => {
      const known = await scene.ledger.asset(name)
      return known && scene.lost.has(name) && !rebuilt.has(name) ? forgotten(known) : known
    },
  }
}

function inputsOf(read: ProjectRead) {
  return new Map(
    read.declarations.flatMap(({ name, body }) =>
      body.kind === 'rows' ? [[name, body.inputs] as const] : [],
    ),
  )
}

function gather(verdicts: Map<string, Verdict[]>, event: Event): void {
  if (event.body.kind !== 'check.finished' || event.step === undefined) return
  verdicts.set(event.step, [...(verdicts.get(event.step) ?? []), event.body.verdict])
}

function stepReport(result: StepResult, verdicts: ReadonlyMap<string, readonly Verdict[]>): StepReport {
  return {
    step: result.step.id,
    asset: result.step.asset,
    outcome: result.outcome,
    durationMs: result.durationMs,
    counts: result.end?.counts,
    verdicts: verdicts.get(result.step.id) ?? [],
    failure: result.failure,
    words: result.words,
  }
}

/**
 * What every source says of itself now. A source that fails to answer is left to its step, which says why.
 * Beside a base, only those are asked that are built here: its own, and what was selected.
 */
export async function probe(
  scene: Pick<Scene, 'read' | 'manifest' | 'history' | 'own' | 'http' | 'onWords'>,
  { wish, signal }: { readonly wish: Wish; readonly signal: AbortSignal },
): Promise<Probes> {
  const { select: selected = [], exclude = [] } = wish
  const wanted =
    scene.own &&
    (selected.length > 0
      ? select(scene.manifest, { select: selected, exclude }, scene.history)
      : new Set(scene.own))
  const sources = Array.from(scene.read.code).flatMap(
    ([name, authored]): readonly (readonly [AssetName, Source])[] =>
      authored.kind === 'ingest' && authored.source.probe && (wanted?.has(name) ?? true)
        ? [[name, authored.source]]
        : [],
  )
  const answers = await Promise.all(
    sources.map(async ([name, source]): Promise<readonly (readonly [AssetName, string])[]> => {
      const log = (words: string) => scene.onWords(`${name}: ${words}`)
      const context = { root: scene.read.root, signal, http: scene.http, nowMs: systemClock().nowMs, log }
      try {
        const said = await source.probe?.(context)
        return said === undefined ? [] : [[name, said]]
      } catch (thrown) {
        signal.throwIfAborted()
        log(asFailure(thrown, 'asking a source').title)
        return []
      }
    }),
  )
  return Object.fromEntries(answers.flat())
}
