import type { Manifest } from '../model/index.ts'
import { type AssetQuality, type CheckQuality, type Measured, quality as qualityOf } from '../views/index.ts'
import { assetOf } from './assets.ts'
import { type Call, given } from './call.ts'
import { marked, marks } from './print/marks.ts'
import { count, counted, moment } from './print/numbers.ts'
import type { Palette } from './print/palette.ts'

/** `sluice quality`: the last verdict of every check. A broken promise is a negative answer: exit code 1. */
export async function quality(call: Call): Promise<number> {
  const { out } = call
  const project = await call.open()
  const manifest = await project.manifest()
  const [name] = call.words
  const view = qualityOf(manifest, await project.events({}), name && assetFor(manifest, name))
  const code = view.verdicts.broken > 0 ? 1 : 0
  if (out.isJson) {
    out.json(view)
    return code
  }
  const options = { isHistory: given(call, 'history'), palette: out.answerPalette }
  out.answer(view.assets.flatMap(asset => linesOf(asset, options)))
  const { passed, warned, broken } = view.verdicts
  const parts = [
    counted(passed + warned + broken + view.unmeasured, 'check'),
    `${count(broken)} broken`,
    ...(warned > 0 ? [`${count(warned)} warned`] : []),
    ...(view.unmeasured > 0 ? [`${count(view.unmeasured)} never measured`] : []),
  ]
  out.say(['', `  ${parts.join(', ')}`])
  return code
}

/** The asset of this name, or the one on which a check in a file of its own hangs. */
function assetFor(manifest: Manifest, name: string): string {
  const check = manifest.projectChecks.find(one => one.name === name)
  return check?.reads.at(-1) ?? assetOf(manifest, name).name
}

type Options = { readonly isHistory: boolean; readonly palette: Palette }

function linesOf({ asset, checks }: AssetQuality, options: Options): readonly string[] {
  return [options.palette.place(asset), ...checks.flatMap(check => checkLines(check, options))]
}

function checkLines(check: CheckQuality, { isHistory, palette }: Options): readonly string[] {
  const { last, changedAtMs, history } = check
  if (!last) return [palette.dim(`  ${marks.skipped} ${check.check}: never measured`)]
  const since = changedAtMs === undefined ? '' : palette.dim(`  since ${moment(changedAtMs)}`)
  const track = history.map(measured => marked(markOf(measured), palette)).join('')
  const { words, rowsSql, outcome } = last.verdict
  const isOneLine = rowsSql !== undefined && !rowsSql.trim().includes('\n')
  return [
    `  ${marked(markOf(last), palette)} ${words}${since}`,
    ...(isHistory ? [`    ${track}`] : []),
    ...(outcome === 'fail' && isOneLine ? [palette.dim(`    rows  ${rowsSql.trim()}`)] : []),
  ]
}

function markOf({ verdict }: Measured): 'success' | 'failed' | 'warn' {
  if (verdict.outcome === 'pass') return 'success'
  return verdict.severity === 'error' ? 'failed' : 'warn'
}
