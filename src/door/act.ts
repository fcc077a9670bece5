import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { Http, Source, Store } from '../connect/index.ts'
import { asFailure } from '../errors/index.ts'
import { type Ledger, openSpool, type RunLog } from '../ledger/index.ts'
import type { AssetName, Event, History, Manifest, Plan, ProjectCheck, Verdict } from '../model/index.ts'
import { plan, upstreamOf } from '../plan/index.ts'
import type { ProjectRead } from '../project/index.ts'
import { type Execution, execute, stepWork, type StepResult } from '../run/index.ts'
import type { RunOptions, RunReport, StepReport, Wish } from './project.ts'
import { clock, random } from './world.ts'

/** Everything a run needs, opened. */
export type Scene = {
  readonly read: ProjectRead
  readonly manifest: Manifest
  readonly history: History
  readonly ledger: Ledger
  readonly store: Store
  readonly http: Http
  /** The project's own folder for state: `.sluice`. */
  readonly stateDir: string
  readonly onWords: (words: string) => void
}

/** Plan, carry the plan out, then look at the checks that span assets. */
export async function act(scene: Scene, options: RunOptions & { readonly recovered: number }): Promise<RunReport> {
  const startedAtMs = clock.nowMs()
  const signal = options.signal ?? new AbortController().signal
  const probes = await probe(scene, signal)
  const decided = planOf(scene, options, probes)
  const verdicts = new Map<string, Verdict[]>()
  const onEvent = (event: Event) => {
    if (event.body.kind === 'check.finished') {
      const key = event.step ?? ''
      verdicts.set(key, [...(verdicts.get(key) ?? []), event.body.verdict])
    }
    options.onEvent?.(event)
  }
  if (decided.steps.length === 0) return report({ run: '', decided, startedAtMs, recovered: options.recovered })
  const log = await scene.ledger.startRun({
    project: scene.manifest.project,
    trigger: options.trigger ?? 'library',
    actor: userInfo().username,
    steps: decided.steps.map(step => ({ id: step.id, asset: step.asset })),
    onEvent,
  })
  const execution = await execute(decided, executeOptions(scene, { options, log, signal, probes }))
  return {
    ...report({ run: log.id, decided, startedAtMs, recovered: options.recovered }),
    outcome: execution.outcome,
    steps: execution.steps.map(result => stepReport(result, verdicts)),
  }
}

/** What would run now. */
export function planOf(
  scene: Pick<Scene, 'manifest' | 'history'>,
  wish: Wish,
  probes: { readonly [name: AssetName]: string },
): Plan {
  return plan(scene.manifest, scene.history, {
    select: wish.select ?? [],
    exclude: wish.exclude ?? [],
    force: wish.force ?? false,
    ...(wish.partitions ? { partitions: wish.partitions } : {}),
    chunkMax: wish.chunkMax ?? 10_000,
    newestFirst: wish.newestFirst ?? false,
    nowMs: clock.nowMs(),
    probes,
  })
}

/** What every source says of itself now. A source that fails to answer is left to its step, which says why. */
export async function probe(
  scene: Pick<Scene, 'read' | 'http' | 'onWords'>,
  signal: AbortSignal,
): Promise<{ readonly [name: AssetName]: string }> {
  const sources = Array.from(scene.read.code).flatMap(([name, authored]): readonly (readonly [AssetName, Source])[] =>
    authored.kind === 'ingest' && authored.source.probe ? [[name, authored.source]] : [],
  )
  const answers = await Promise.all(
    sources.map(async ([name, source]) => {
      try {
        const said = await source.probe?.(readContext(scene, { name, signal }))
        return said === undefined ? [] : [[name, said] as const]
      } catch (thrown) {
        scene.onWords(`${name}: ${asFailure(thrown, 'asking a source').title}`)
        return []
      }
    }),
  )
  return Object.fromEntries(answers.flat())
}

function readContext(
  scene: Pick<Scene, 'read' | 'http' | 'onWords'>,
  of: { readonly name: AssetName; readonly signal: AbortSignal },
) {
  return {
    root: scene.read.root,
    signal: of.signal,
    http: scene.http,
    nowMs: clock.nowMs,
    log: (words: string) => scene.onWords(`${of.name}: ${words}`),
  }
}
