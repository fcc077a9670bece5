import { audit, type Subject } from '../check/index.ts'
import { asFailure, failure } from '../errors/index.ts'
import type { RunLog } from '../ledger/index.ts'
import type { AssetName, Check, ProjectCheck, StepOutcome, Verdict } from '../model/index.ts'
import { systemClock } from '../run/index.ts'
import type { Scene } from './scene.ts'
import type { StepReport } from './project.ts'

/**
 * Checks that span assets look at what is published, so they run when all steps have ended and before the run
 * has its outcome: the run's pen is handed on with that added to its last stroke.
 */
export function auditing(scene: Scene, log: RunLog) {
  const reports: StepReport[] = []
  const built = new Set<AssetName>()
  const mended = new Set<AssetName>()
  const notMade = new Map<AssetName, string>()
  const failed = () => reports.some(report => report.outcome === 'failed')
  const watched: RunLog = {
    ...log,
    record: async transition => {
      const event = await log.record(transition)
      if (event.body.kind !== 'step.finished' || event.asset === undefined) return event
      const { outcome } = event.body
      const before = scene.history.assets[event.asset]?.lastOutcome ?? 'success'
      if (outcome === 'success') built.add(event.asset)
      if (outcome === 'unchanged' && before !== 'success') mended.add(event.asset)
      if (fates[outcome] !== undefined) notMade.set(event.asset, `${event.asset} ${fates[outcome]}`)
      return event
    },
    finish: async outcome => {
      if (outcome !== 'cancelled') {
        for (const check of due(scene, [...built, ...mended])) {
          const [why] = check.reads.flatMap(name => notMade.get(name) ?? [])
          reports.push(await (why === undefined ? look(scene, log, check) : passOver(log, check, why)))
        }
      }
      return log.finish(outcome === 'success' && failed() ? 'failed' : outcome)
    },
  }
  return { log: watched, built, failed, reports: () => reports }
}

/** How the step of an asset ends that this run was to make and has not made. */
const fates: { readonly [outcome in StepOutcome]?: string } = {
  failed: 'failed',
  blocked: 'is blocked',
  cancelled: 'was cancelled',
}

/** A verdict on what was made only in part would say nothing: the next run, which makes the rest, looks. */
async function passOver(log: RunLog, check: ProjectCheck, why: string): Promise<StepReport> {
  const words = `${check.name} was not looked at: ${why}`
  await log.record({ body: { kind: 'log', level: 'warn', words } })
  return {
    step: `check:${check.name}`,
    asset: check.name,
    outcome: 'blocked',
    durationMs: 0,
    counts: undefined,
    verdicts: [],
    failure: undefined,
    words,
  }
}

/**
 * Those that read something this run has built, or has found as it was after an earlier run failed at it:
 * then that one did not look.
 */
function due(scene: Scene, names: readonly AssetName[]): readonly ProjectCheck[] {
  return scene.manifest.projectChecks.filter(check => check.reads.some(name => names.includes(name)))
}

async function look(scene: Scene, log: RunLog, check: ProjectCheck): Promise<StepReport> {
  const startedAtMs = systemClock().nowMs()
  const verdict = await verdictOf(scene, check)
  await log.record({ body: { kind: 'check.finished', verdict } })
  const stops = verdict.outcome === 'error' || (verdict.outcome === 'fail' && check.severity === 'error')
  return {
    step: `check:${check.name}`,
    asset: check.name,
    outcome: stops ? 'failed' : 'success',
    durationMs: systemClock().nowMs() - startedAtMs,
    counts: undefined,
    verdicts: [verdict],
    failure: stops
      ? failure('SLUICE_PROJECT_CHECK_FAILED', { check: check.name, words: verdict.words }, { at: check.at })
      : undefined,
    words: undefined,
  }
}

/** A file in `checks/` is the vocabulary's `query`: it passes when it returns no rows. */
async function verdictOf(scene: Scene, check: ProjectCheck): Promise<Verdict> {
  const { name, sql, severity } = check
  const asked: Check = { id: name, check: 'query', columns: [], args: { sql }, severity, mostly: 1 }
  const subject: Subject = {
    relation: '',
    asset: name,
    columns: [],
    dialect: scene.store.dialect,
    nowMs: systemClock().nowMs(),
    previousRows: undefined,
  }
  const [verdict] = await audit([asked], subject, async text => {
    try {
      return await scene.store.query(text)
    } catch (thrown) {
      const { title, why } = asFailure(thrown, `running ${name}`)
      return { failed: why ?? title }
    }
  })
  return verdict ?? { check: name, severity, outcome: 'error', words: `${name}: it was not asked` }
}
