import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  isObject,
  loadYaml,
  renderedPackages,
  type WantedPackagesOptions,
  type Yaml,
} from '../../../dbt/index.ts'
import type { Pin } from './pins.ts'
import { type Wanted, wantedOf } from './wanted.ts'

const lockFile = 'package-lock.yml'

/** What was locked for these entries; undefined: nothing, or for others. */
export function locked(
  root: string,
  hash: string,
  options: WantedPackagesOptions,
): readonly Wanted[] | undefined {
  const path = join(root, lockFile)
  if (!existsSync(path)) return undefined
  const read = loadYaml(readFileSync(path, 'utf8'), { path })
  if (!isObject(read) || read.sha1_hash !== hash || !Array.isArray(read.packages)) return undefined
  return renderedPackages(read.packages.filter(isObject), options).map(wantedOf)
}

/** In dbt's form, so that both read it. */
export function writeLock(root: string, pins: readonly Pin[], hash: string): void {
  const entries = pins.map(({ entry, name }) =>
    Object.entries({ ...entry, name })
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value], at) => `  ${at === 0 ? '-' : ' '} ${key}: ${scalar(value)}`)
      .join('\n'),
  )
  writeFileSync(join(root, lockFile), ['packages:', ...entries, `sha1_hash: ${scalar(hash)}`, ''].join('\n'))
}

/** Plain where YAML reads the same text back. */
function scalar(value: Yaml): string {
  const text = String(value)
  const isPlain = /^[A-Za-z./][\w./:@+-]*$|^\d+\.\d+\.\d[\w.+-]*$|^[\da-f]{40}$/.test(text)
  const isWord =
    /^(?:true|false|yes|no|on|off|null|\.nan|\.inf)$/i.test(text) || /^[\d.]+(?:e\d+)?$/i.test(text)
  const isVersion = /^\d+\.\d+\.\d+$/.test(text)
  return isPlain && (!isWord || isVersion) && !text.endsWith(':') ? text : `'${text.replaceAll("'", "''")}'`
}
