import type { Cared, CareRequest, Vacuumed } from '../../connect/index.ts'
import { type Session, withSession } from '../../engine/index.ts'
import { asFailure, failure } from '../../errors/index.ts'
import {
  careNeeded,
  type CarePolicy,
  carePolicy,
  type CareStep,
  type DeltaLog,
  optimize,
  vacuum,
  type VacuumRequest,
} from '../../formats/delta/index.ts'
import { type AssetName, durationMs } from '../../model/index.ts'
import { belongingTo } from './belonging.ts'
import { clonesOf } from './clones.ts'
import type { LakeOptions } from './index.ts'
import type { Lake } from './lake.ts'
import { careDeletedFilesMax, careRewrittenBytesMax, careVacuumsMax } from './limits.ts'
import { pruneEffects } from './publish/effects.ts'

const weekMs = 7 * 86_400_000

/** The option of the target; undefined: tables are left alone. */
export function policyOf(care: LakeOptions['care'] = {}): CarePolicy | undefined {
  if (care === false) return undefined
  if (typeof care !== 'object' || care === null) throw refused('care', '`false` or an object')
  const { smallFiles = carePolicy.smallFilesMin, retention = '7 days', ...others } = care
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw refused(`care.${unknown}`, '`smallFiles` or `retention`')
  if (!Number.isSafeInteger(smallFiles) || smallFiles < 2)
    throw refused('care.smallFiles', 'a number of files, from 2 on')
  const retainMs = durationMs(String(retention))
  if (retainMs === undefined || retainMs < weekMs)
    throw refused('care.retention', 'a length of time of a week or more, such as `30 days`')
  return { ...carePolicy, smallFilesMin: smallFiles, retainMs }
}

function refused(option: string, wanted: string) {
  return failure('SLUICE_TARGET_OPTION', { option, wanted })
}

type Caring = {
  readonly session: Session
  readonly signal: AbortSignal
  readonly policy: CarePolicy
  readonly told: Cared[]
}
type Due = { readonly at: AssetName; readonly log: DeltaLog; readonly steps: readonly CareStep[] }
type VacuumStep = Extract<CareStep, { readonly do: 'vacuum' }>

/**
 * Keep in order what was just written. Only tables that this process has open are looked at: what did not
 * change needs nothing. Whoever else commits meanwhile comes first, and the table waits for the next time.
 */
export async function care(
  lake: Lake,
  policy: CarePolicy | undefined,
  { assets, signal }: CareRequest,
): Promise<readonly Cared[]> {
  const told: Cared[] = []
  const session = lake.engine.session({ path: lake.objects.describe, signal })
  await withSession(session, async own => {
    const caring: Caring | undefined = policy && { session: own, signal, policy, told }
    if (caring) await careForTables(lake, caring, assets)
  })
  if (!signal.aborted) await trying(told, lake.objects.describe, () => pruneEffects(lake))
  return told
}

async function careForTables(lake: Lake, caring: Caring, assets: readonly AssetName[]): Promise<void> {
  const { signal, told } = caring
  const due: Due[] = []
  for (const at of await tablesOf(lake, assets)) {
    if (signal.aborted) return
    await trying(told, at, async () => void due.push(await look(lake, caring, at)))
  }
  let left = careRewrittenBytesMax
  for (const each of due.filter(({ steps }) => steps.some(step => step.do !== 'vacuum'))) {
    if (signal.aborted) return
    await trying(told, each.at, async () => {
      left -= await pack(caring, each, left)
    })
  }
  await vacuums(lake, caring, due)
}

/** Tables of these assets, of the environment's own: the name means neither a view nor nothing. */
async function tablesOf(lake: Lake, assets: readonly AssetName[]): Promise<readonly AssetName[]> {
  const said = await lake.views.all()
  const { has } = belongingTo(lake, assets)
  return lake.opened().filter(at => has(at) && !said.has(at))
}

async function look(lake: Lake, { session, policy }: Caring, at: AssetName): Promise<Due> {
  const log = await lake.table(at)
  const snapshot = await log.latest()
  const steps = snapshot ? await careNeeded(snapshot, { session, nowMs: lake.nowMs(), policy }) : []
  return { at, log, steps }
}

/** Bytes of the files that were written anew. */
async function pack(caring: Caring, { at, log, steps }: Due, bytesMax: number): Promise<number> {
  const { session, policy, told } = caring
  const { smallFilesMin: filesMin, smallBytesMax: minBytes, deletedShareMin } = policy
  const request = { session, filesMin, minBytes, deletedShareMin, bytesMax, auto: true }
  const { filesRemoved, filesAdded, bytesRemoved } = await optimize(log, request)
  if (filesRemoved === 0) return 0
  const isPacked = steps.some(step => step.do === 'optimize')
  const which = isPacked ? `${filesRemoved} small files` : `${counted(filesRemoved)} with deleted rows`
  told.push({ asset: at, words: `${which} became ${filesAdded}` })
  return bytesRemoved
}

/** Those that wait longest come first: every table has its turn. */
async function vacuums(lake: Lake, { session, signal, told }: Caring, due: readonly Due[]): Promise<void> {
  const waiting = due
    .flatMap(({ at, log, steps }) => steps.flatMap(step => (step.do === 'vacuum' ? [{ at, log, step }] : [])))
    .toSorted((a, b) => (a.step.lastMs ?? 0) - (b.step.lastMs ?? 0))
  let left = careDeletedFilesMax
  for (const { at, log, step } of waiting.slice(0, careVacuumsMax)) {
    if (signal.aborted || left <= 0) return
    await trying(told, at, async () => {
      const files = await sweep(lake, { at, log, step }, { session, filesMax: left })
      left -= files
      const words = `${counted(files)} that no version needs ${files === 1 ? 'was' : 'were'} deleted`
      if (files > 0) told.push({ asset: at, words })
    })
  }
}

type Sweeping = { readonly at: AssetName; readonly log: DeltaLog; readonly step: VacuumStep }

async function sweep(
  lake: Lake,
  { at, log, step: { retainMs } }: Sweeping,
  request: Pick<VacuumRequest, 'session' | 'filesMax'>,
): Promise<number> {
  return (await vacuumOf(lake, at, { ...request, log, retainMs })).files
}

/** A vacuum of a table of this lake: files that clones and environments stand on are not deleted. */
export async function vacuumOf(
  lake: Lake,
  at: AssetName,
  { log, ...request }: VacuumRequest & { readonly log: DeltaLog },
): Promise<Vacuumed> {
  return vacuum(log, { ...request, clones: sinceMs => clonesOf(lake, at, { sinceMs }) })
}

function counted(files: number): string {
  return files === 1 ? '1 file' : `${files} files`
}

/** Others were quicker: what is left is done the next time. */
const later = new Set(['SLUICE_DELTA_CONFLICT', 'SLUICE_DELTA_CROWDED'])

/** Care fails no run: what goes wrong is told. */
async function trying(told: Cared[], asset: AssetName, act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
  } catch (thrown) {
    const why = asFailure(thrown, `keeping \`${asset}\` in order`)
    if (why.code === 'SLUICE_TARGET_CANCELLED' || later.has(why.code)) return
    told.push({ asset, words: `not kept in order: ${why.title}`, failure: why })
  }
}
