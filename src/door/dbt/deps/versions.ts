import { failure } from '../../../errors/index.ts'

/** `1.2.3-rc1`; a build is no part of its order. */
export type Version = {
  readonly numbers: readonly [number, number, number]
  readonly prerelease: readonly string[]
  readonly text: string
}

export type Bound = { readonly operator: '=' | '>' | '<' | '>=' | '<='; readonly version: Version }

const shape = /^(>=|<=|>|<|=)?\s*v?(\d+)\.(\d+)\.(\d+)(?:-([\w.-]+))?(?:\+[\w.-]+)?$/

/** `>=1.0.0`; without an operator exactly this version. */
export function boundOf(text: string): Bound {
  const [, operator = '=', major, minor, patch, prerelease] = shape.exec(text.trim()) ?? []
  if (major === undefined)
    throw failure('SLUICE_DBT_PACKAGE', { name: text, words: 'A version is written `1.2.3`, or `>=1.2.3`.' })
  return {
    operator: operator as Bound['operator'],
    version: {
      numbers: [Number(major), Number(minor), Number(patch)],
      prerelease: prerelease === undefined ? [] : prerelease.split('.'),
      text: text.trim().replace(/^(?:>=|<=|>|<|=)\s*/, ''),
    },
  }
}

export function accepts({ operator, version }: Bound, candidate: Version): boolean {
  const order = compareVersions(candidate, version)
  if (operator === '=') return order === 0
  if (operator === '>') return order > 0
  if (operator === '<') return order < 0
  return operator === '>=' ? order >= 0 : order <= 0
}

/** Semantic Versioning 2.0.0, section 11. */
function compareVersions(a: Version, b: Version): number {
  for (const [at, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[at] ?? 0)
    if (difference !== 0) return difference
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length
  for (let at = 0; at < Math.max(a.prerelease.length, b.prerelease.length); at++) {
    const order = compareParts(a.prerelease[at], b.prerelease[at])
    if (order !== 0) return order
  }
  return 0
}

function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1
  const [left, right] = [a, b].map(part => (/^\d+$/.test(part) ? Number(part) : undefined))
  if (left !== undefined && right !== undefined) return left - right
  if (left !== undefined || right !== undefined) return left !== undefined ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** The newest version that all bounds accept; one that is named exactly may be a prerelease. */
export function newest(
  candidates: readonly string[],
  bounds: readonly Bound[],
  prereleases: boolean,
): string | undefined {
  const allowed = prereleases || bounds.some(({ version }) => version.prerelease.length > 0)
  return candidates
    .map(text => ({ text, ...boundOf(text) }))
    .filter(({ version }) => allowed || version.prerelease.length === 0)
    .filter(({ version }) => bounds.every(bound => accepts(bound, version)))
    .toSorted((a, b) => compareVersions(b.version, a.version))[0]?.text
}
