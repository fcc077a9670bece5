import type { Target } from '../connect/index.ts'
import type { Authored } from '../declare/index.ts'
import { type AssetName, defaultLimits } from '../model/index.ts'
import { declared, type Loaded } from './read.ts'
import type { ProjectRead } from './types.ts'

export type MadeOf = {
  /** Absolute: relative paths in options start here. */
  readonly root: string
  readonly name: string
  readonly target: Target
  readonly assets: { readonly [name: AssetName]: Authored }
}

/** A project without files: assets that a program made and named. */
export function projectFrom({ root, name, target, assets }: MadeOf): ProjectRead {
  const failures: ProjectRead['failures'][number][] = []
  const loaded = Object.entries(assets).map(([asset, authored]): Loaded => {
    const at = { file: asset, line: 1, column: 1, length: 0 }
    return { name: asset.includes('.') ? asset : `main.${asset}`, at, code: textOf(authored), authored }
  })
  return {
    root,
    config: { file: undefined, name, target, environments: {}, pools: {}, limits: defaultLimits },
    ...declared(loaded, { failures }),
    checkFiles: [],
    fixtures: [],
    failures,
    close: () => undefined,
  }
}

/** What the asset's code is, as far as a program can say: a function by its text. */
function textOf(authored: Authored): string {
  if (authored.kind === 'rows') return String(authored.rows)
  if (authored.kind === 'ingest')
    return `${authored.source.describe} ${JSON.stringify(authored.source.options)}`
  return ''
}
