import { dbtVersion } from '../context/builtins.ts'
import type { Problem } from '../face.ts'
import type { Project } from './project.ts'

/** A package that wants another version of dbt is told so; it is read all the same. */
export function checkVersion(project: Project, problems: Problem[]): void {
  const unmet = project.requiredVersions
    .map(text => text.trim())
    .filter(text => text !== '' && !accepts(text))
  if (unmet.length === 0) return
  const words = `Package \`${project.name}\` asks for dbt ${unmet.join(', ')}; this is dbt ${dbtVersion}.`
  problems.push({ severity: 'warning', words, path: 'dbt_project.yml' })
}

/** Whether a bound such as `>=1.3.0` lets this version in; a bound that cannot be read does. */
function accepts(bound: string): boolean {
  const [, operator = '=', version = ''] = /^(>=|<=|>|<|=)?\s*v?(\d+(?:\.\d+)*)/.exec(bound) ?? []
  if (version === '') return true
  const order = compare(dbtVersion, version)
  switch (operator) {
    case '>=':
      return order >= 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '<':
      return order < 0
    default:
      return order === 0
  }
}

function compare(left: string, right: string): number {
  const [a, b] = [left, right].map(text => text.split('.').map(Number)) as [number[], number[]]
  for (let place = 0; place < 3; place++) {
    const difference = (a[place] ?? 0) - (b[place] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
