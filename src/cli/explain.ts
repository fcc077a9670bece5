import type { Project } from '../door/index.ts'
import { catalogue, explain as explained, failure, isCode, near } from '../errors/index.ts'
import type { Asset, AssetHistory, Plan } from '../model/index.ts'
import { assetNamed } from './assets.ts'
import type { Call } from './call.ts'
import { partitionWords } from './print/live.ts'
import { moment } from './print/numbers.ts'
import { columnsOf } from './print/table.ts'

const exitWords = {
  1: 'an asset or check failed',
  2: 'the project or command is wrong',
  3: 'a system outside could not be reached',
}

/** `sluice explain`: what an error code means, or why an asset would run or would not. */
export async function explain(call: Call): Promise<number> {
  const [name = ''] = call.words
  const code = name.toUpperCase()
  if (isCode(code)) return tellCode(call, code)
  if (code.startsWith('SLUICE_')) throw unknown(name, Object.keys(catalogue))
  const project = await call.open()
  const manifest = await project.manifest()
  const asset = assetNamed(manifest, name)
  if (!asset) throw unknown(name, [...manifest.assets.map(known => known.name), ...Object.keys(catalogue)])
  return tellAsset(call, project, asset)
}

function unknown(name: string, names: readonly string[]) {
  return failure('SLUICE_CLI_CODE_UNKNOWN', { name, near: near(name, names) })
}

function tellCode({ out }: Call, code: Parameters<typeof explained>[0]): number {
  const told = explained(code)
  if (out.isJson) {
    out.json(told)
    return 0
  }
  out.answer([
    out.answerPalette.bad(code),
    `  ${told.title}`,
    ...(told.why === undefined ? [] : [`  ${told.why}`]),
    `  fix   ${told.fix}`,
    `  exit  ${told.exit}: ${exitWords[told.exit]}`,
    ...(told.retry === 'later' ? ['  It may go away by itself: a run tries again before it gives up.'] : []),
  ])
  return 0
}

async function tellAsset(call: Call, project: Project, asset: Asset): Promise<number> {
  const { out } = call
  // The plan of everything: alone, an asset whose sources were never built cannot be planned.
  const [plan, history] = await Promise.all([project.plan({}), project.history()])
  const before = history.assets[asset.name]
  if (out.isJson) {
    const steps = plan.steps.filter(step => step.asset === asset.name)
    const upToDate = plan.upToDate.find(entry => entry.asset === asset.name)?.words ?? null
    out.json({ asset: asset.name, at: asset.at, steps, upToDate, history: before ?? null })
    return 0
  }
  out.answer([
    `${out.answerPalette.place(asset.name)}  ${asset.kind}, ${asset.write}  ${asset.at.file}`,
    ...(asset.doc === '' ? [] : [`  ${asset.doc}`]),
    ...columnsOf([
      ['reads', asset.reads.map(edge => edge.asset).join(', ') || 'no other asset'],
      ['last run', lastRun(before)],
      ...decisions(asset, plan),
    ]).map(line => `  ${line}`),
  ])
  return 0
}

function lastRun(before: AssetHistory | undefined): string {
  if (!before) return 'never'
  return `${before.lastOutcome}  ${moment(before.attemptedAtMs)}  version ${before.version}`
}

function decisions(asset: Asset, { steps, upToDate }: Plan): readonly (readonly string[])[] {
  const own = steps.filter(step => step.asset === asset.name)
  if (own.length === 0) {
    const words = upToDate.find(entry => entry.asset === asset.name)?.words
    return [['would not run', words ?? 'nothing asks for it']]
  }
  return own.map(({ partitions, reason, conditional, action }) => [
    action === 'audit' ? 'would be checked' : conditional ? 'may run' : 'would run',
    partitions ? `${reason.words}: ${partitionWords(partitions)}` : reason.words,
  ])
}
