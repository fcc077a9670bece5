import type { Promotion, Rollback } from '../../door/index.ts'
import { counted } from './numbers.ts'
import type { Palette } from './palette.ts'
import { columnsOf } from './table.ts'

/** One line an asset, the verdict last. */
export function promotionLines({ environment, run, assets }: Promotion, palette: Palette): readonly string[] {
  if (run === undefined)
    return [`  ${palette.good('done')}  nothing to promote: ${environment} has nothing of its own`]
  return [
    ...assetLines(assets, palette),
    '',
    `  ${palette.good('done')}  ${counted(assets.length, 'asset')} promoted from ${environment}`,
    palette.dim(`        run ${run}`),
  ]
}

export function rollbackLines(
  { run, undoes, assets, pushed }: Rollback,
  palette: Palette,
): readonly string[] {
  return [
    ...assetLines(assets, palette),
    ...pushed.map(asset => `  ${palette.warn('!')} ${asset} was pushed out, and cannot be called back`),
    '',
    `  ${palette.good('done')}  ${counted(assets.length, 'asset')} as before ${undoes}`,
    palette.dim(`        run ${run}`),
  ]
}

function assetLines(assets: Promotion['assets'], palette: Palette): readonly string[] {
  const rows = assets.map(({ asset, version }) => [
    `${palette.good('✓')} ${asset}`,
    palette.dim(`version ${version}`),
  ])
  return columnsOf(rows).map(line => `  ${line}`)
}
