import type { Project, RunReport, StepReport } from '../../door/index.ts'
import type { Failure } from '../../errors/index.ts'
import type { Verdict } from '../../model/index.ts'
import { failureJson, words } from './failures.ts'
import { next } from './head.ts'
import { marked } from './marks.ts'
import { count, counted, duration } from './numbers.ts'
import type { Out } from './out.ts'

/** What stands under the lines of a run: failed checks, failures with frames, the verdict, what to do now. */
export function conclude(
  report: RunReport,
  project: Pick<Project, 'root' | 'target' | 'environment'>,
  out: Out,
): void {
  if (report.steps.length === 0 && report.outcome === 'success') {
    out.say(nothingToDo(report, out))
    return
  }
  const problems = problemsOf(report)
  for (const { step, verdict } of problems.verdicts) out.say(verdictLine(step, verdict, out))
  if (problems.verdicts.length > 0) out.say()
  for (const { assets, failure } of problems.failures) {
    out.warn(`  ${marked('failed', out.palette)} ${assets.join(', ')}`)
    out.warn([words([failure], out, { from: project.root }), ''])
  }
  out.say(verdictOf(report, out))
  if (report.outcome === 'success') out.say(out.palette.dim(`        tables in ${project.target}`))
  const { command, words: why = '' } = nextOf(report)
  if (command !== undefined) out.say(`${next(command, out, project)}${out.palette.dim(why)}`)
}

function nothingToDo({ plan, durationMs }: RunReport, { palette }: Out): string {
  const assets = plan.upToDate.length
  const words = `${counted(assets, 'asset')} ${assets === 1 ? 'is' : 'are'} up to date`
  return `  ${palette.good('done')}  nothing to do: ${words}  ${palette.dim(duration(durationMs))}`
}

/** 1 when an asset or check failed; 3 when all that failed could not reach a system outside. */
export function exitOfRun(report: RunReport): number {
  if (report.outcome === 'success') return 0
  if (report.outcome === 'cancelled') return 130
  const failed = report.steps.filter(({ outcome }) => outcome === 'failed')
  return failed.length > 0 && failed.every(({ failure }) => failure?.exit === 3) ? 3 : 1
}

/** A run as one JSON document. */
export function reportJson(report: RunReport) {
  const steps = report.steps.map(step => ({
    ...step,
    failure: step.failure === undefined ? null : failureJson(step.failure),
  }))
  return { ...report, steps }
}

type Problems = {
  readonly verdicts: readonly { readonly step: StepReport; readonly verdict: Verdict }[]
  /** Of steps that failed without a check saying so; one that hit many assets is told once. */
  readonly failures: readonly { readonly assets: readonly string[]; readonly failure: Failure }[]
}

function problemsOf(report: RunReport): Problems {
  const verdicts = report.steps.flatMap(step =>
    step.verdicts.filter(({ outcome }) => outcome !== 'pass').map(verdict => ({ step, verdict })),
  )
  const failed = report.steps.flatMap(step => {
    const isToldByCheck = step.verdicts.some(verdict => verdict.outcome !== 'pass' && isBreach(verdict))
    return step.failure && !isToldByCheck ? [{ asset: step.asset, failure: step.failure }] : []
  })
  const alike = Map.groupBy(failed, ({ failure }) => JSON.stringify(failureJson(failure)))
  const failures = [...alike.values()].flatMap(group => {
    const [first] = group
    return first ? [{ assets: [...new Set(group.map(({ asset }) => asset))], failure: first.failure }] : []
  })
  return { verdicts, failures }
}

/** A broken promise that stopped the asset, not one that is only shown. */
function isBreach({ severity }: Verdict): boolean {
  return severity === 'error'
}

function verdictLine(step: StepReport, verdict: Verdict, { palette }: Out): string {
  const mark = marked(isBreach(verdict) ? 'failed' : 'warn', palette)
  // A check in a file of its own is a step of its own, and says its name.
  return isCheckFile(step) ? `  ${mark} ${verdict.words}` : `  ${mark} ${step.asset}  ${verdict.words}`
}

function isCheckFile({ step }: StepReport): boolean {
  return step.startsWith('check:')
}

/** `done  4 assets, 8 checks, 0 failed  0.20s` */
function verdictOf(report: RunReport, { palette }: Out): string {
  const problems = problemsOf(report)
  const verdicts = report.steps.flatMap(step => step.verdicts)
  const errors = problems.verdicts.filter(({ verdict }) => isBreach(verdict)).length
  const ran = report.steps.filter(
    step => !isCheckFile(step) && (step.outcome === 'success' || step.outcome === 'failed'),
  )
  const refused = report.steps.reduce((sum, { counts }) => sum + (counts?.refused ?? 0), 0)
  const also = [
    [problems.verdicts.length - errors, 'warned'],
    [countOf(report, 'blocked'), 'blocked'],
    [countOf(report, 'skipped'), 'skipped'],
    [countOf(report, 'cancelled'), 'cancelled'],
    [report.plan.upToDate.length + countOf(report, 'unchanged'), 'up to date'],
    [report.recovered, 'taken over from a crashed run'],
    [refused, refused === 1 ? 'row refused' : 'rows refused'],
  ] as const
  const parts = [
    counted(new Set(ran.map(({ asset }) => asset)).size, 'asset'),
    counted(verdicts.length, 'check'),
    `${count(errors + problems.failures.flatMap(({ assets }) => assets).length)} failed`,
    ...also.filter(([number]) => number > 0).map(([number, name]) => `${count(number)} ${name}`),
  ]
  const word = report.outcome === 'success' ? palette.good('done') : palette.bad(report.outcome)
  return `  ${word}  ${parts.join(', ')}  ${palette.dim(duration(report.durationMs))}`
}

function countOf(report: RunReport, outcome: StepReport['outcome']): number {
  return new Set(report.steps.filter(step => step.outcome === outcome).map(({ asset }) => asset)).size
}

type Next = { readonly command?: string; readonly words?: string }

/** One command that helps most now. */
function nextOf(report: RunReport): Next {
  const goOn = { command: 'sluice run', words: '  goes on where this run stopped' }
  if (report.outcome === 'cancelled') return goOn
  const isDone = report.outcome === 'success'
  const { verdicts } = problemsOf(report)
  const worst = verdicts.find(({ verdict }) => isBreach(verdict)) ?? (isDone ? verdicts[0] : undefined)
  if (worst) return { command: `sluice quality ${worst.step.asset}` }
  if (!isDone) return goOn
  const refused = report.steps.find(({ counts }) => (counts?.refused ?? 0) > 0)
  if (refused) return { command: `sluice quarantine show ${refused.asset}` }
  const last = report.steps.findLast(step => step.outcome === 'success' && !isCheckFile(step))
  return last ? { command: `sluice show ${last.asset}` } : {}
}
