import { failure, near } from '../errors/index.ts'
import type { Asset, Manifest } from '../model/index.ts'
import {
  columnLineage,
  type ColumnLineageView,
  type Direction,
  impact,
  type ImpactView,
  lineage as lineageOf,
  type LineageStep,
} from '../views/index.ts'
import { assetNamed, assetOf } from './assets.ts'
import { type Call, given } from './call.ts'
import { counted } from './print/numbers.ts'
import { columnsOf } from './print/table.ts'
import { type Branch, treeLines } from './print/tree.ts'
import { numberOf } from './wish.ts'

/** What the person points at. */
type Point = { readonly asset: Asset; readonly column: string | undefined }

/** `sluice lineage`: what an asset or column is made from, what is made from it, what breaks without it. */
export async function lineage(call: Call): Promise<number> {
  const project = await call.open()
  const manifest = await project.manifest({ lineage: true })
  const point = pointOf(manifest, call.words[0] ?? '')
  if (given(call, 'breaks')) return tellBreaks(call, manifest, point)
  const depthMax = numberOf(call, 'depth')
  const options = depthMax === undefined ? {} : { depthMax }
  const isBoth = given(call, 'up') === given(call, 'down')
  const directions = (['up', 'down'] as const).filter(direction => isBoth || given(call, direction))
  const views = directions.map(direction => ({
    direction,
    ...viewOf(manifest, point, { ...options, direction }),
  }))
  if (call.out.isJson) {
    const sides = views.map(({ direction, json }) => [direction, json])
    call.out.json({ asset: point.asset.name, column: point.column ?? null, ...Object.fromEntries(sides) })
    return 0
  }
  for (const { direction, below, shaped } of views) {
    const words = call.out.answerPalette.place(nameOf(point))
    const title = direction === 'up' ? 'is made from' : 'is read by'
    const none =
      direction === 'up' ? 'is made from nothing in this project' : 'is read by nothing in this project'
    call.out.answer(
      treeLines({ words: `${words} ${below.length > 0 ? title : none}`, below }, call.out.answerPalette),
    )
    if (shaped.length > 0) call.out.answer(shaped)
  }
  return 0
}

/** `marts.revenue`, or `marts.revenue.country` when no asset is called so. */
function pointOf(manifest: Manifest, word: string): Point {
  const whole = assetNamed(manifest, word)
  if (whole) return { asset: whole, column: undefined }
  const dot = word.lastIndexOf('.')
  const asset = dot < 0 ? undefined : assetNamed(manifest, word.slice(0, dot))
  if (!asset) return { asset: assetOf(manifest, word), column: undefined }
  const wanted = word.slice(dot + 1)
  const names = asset.columns?.map(({ name }) => name)
  const column =
    names === undefined ? wanted : names.find(name => name.toLowerCase() === wanted.toLowerCase())
  if (column === undefined)
    throw failure('SLUICE_CLI_COLUMN_UNKNOWN', {
      asset: asset.name,
      column: wanted,
      near: near(wanted, names ?? []),
    })
  return { asset, column }
}

type View = { readonly json: unknown; readonly below: readonly Branch[]; readonly shaped: readonly string[] }

function viewOf(
  manifest: Manifest,
  { asset, column }: Point,
  options: { readonly direction: Direction; readonly depthMax?: number },
): View {
  if (column === undefined) {
    const steps = lineageOf(manifest, asset.name, options)
    return { json: steps, below: assetBranches(steps, asset.name), shaped: [] }
  }
  const start = { asset: asset.name, column }
  const view = columnLineage(manifest, start, options)
  const below = columnBranches(view, `${asset.name}.${column}`)
  return { json: view, below, shaped: shapedLines(view, options.direction) }
}

function assetBranches(steps: readonly LineageStep[], via: string): readonly Branch[] {
  const near = steps.filter(step => step.via === via)
  return near.map(({ asset, kind }) => ({ words: `${asset}  ${kind}`, below: assetBranches(steps, asset) }))
}

function columnBranches(view: ColumnLineageView, via: string): readonly Branch[] {
  const near = view.columns.filter(step => `${step.via.asset}.${step.via.column}` === via)
  return near.map(({ asset, column, how }) => {
    const name = `${asset}.${column}`
    return { words: how === 'identity' ? name : `${name}  ${how}`, below: columnBranches(view, name) }
  })
}

function shapedLines({ shaped }: ColumnLineageView, direction: Direction): readonly string[] {
  if (shaped.length === 0) return []
  const title = direction === 'up' ? 'which rows it has is decided by' : 'it decides which rows there are for'
  const rows = shaped.map(({ asset, column, how }) => [`${asset}.${column}`, how])
  return [title, ...columnsOf(rows).map(line => `  ${line}`)]
}

function tellBreaks({ out }: Call, manifest: Manifest, point: Point): number {
  const found = impact(manifest, point.asset.name, point.column)
  if (out.isJson) {
    out.json({ asset: point.asset.name, column: point.column ?? null, ...found })
    return 0
  }
  if (point.asset.columns === undefined)
    out.warn(`  columns of ${point.asset.name} are not known before its first load: breaks may be missing`)
  for (const [file, breaks] of Map.groupBy(found.breaks, ({ at }) => at.file))
    out.answer([out.answerPalette.place(file), ...columnsOf(breaks.map(breakRow)).map(line => `  ${line}`)])
  const size = `${counted(found.breaks.length, 'break')} in ${counted(found.assets.length, 'asset')}`
  out.say(['', `  ${found.breaks.length === 0 ? 'nothing breaks' : size} without ${nameOf(point)}`])
  return 0
}

function breakRow({ kind, asset, name, at, words }: ImpactView['breaks'][number]): readonly string[] {
  const isColumn = kind === 'column' || kind === 'key' || kind === 'rows'
  return [`${at.line}:${at.column}`, kind, isColumn ? `${asset}.${name}` : name, words]
}

function nameOf({ asset, column }: Point): string {
  return column === undefined ? asset.name : `${asset.name}.${column}`
}
