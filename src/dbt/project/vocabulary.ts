import type { Problem } from '../face.ts'
import { locateYaml, type YamlObject } from '../yaml.ts'
import { textOf } from './walk.ts'

const known = new Set(
  (
    'name version config-version profile model-paths source-paths seed-paths data-paths snapshot-paths analysis-paths ' +
    'macro-paths test-paths function-paths docs-paths asset-paths target-path log-path packages-install-path clean-targets ' +
    'quoting vars dispatch on-run-start on-run-end query-comment require-dbt-version restrict-access flags packages dbt-cloud ' +
    'project-root models seeds snapshots analyses sources tests data_tests unit_tests metrics semantic_models semantic-models ' +
    'saved_queries saved-queries exposures functions anchors'
  ).split(' '),
)

/** Names that `dbt_project.yml` does not have: a slip of the pen is told, and does no harm. */
export function checkNames(project: YamlObject, path: string, problems: Problem[]): void {
  for (const name in project) {
    if (known.has(name)) continue
    const words = `\`${name}\` is no name that dbt_project.yml knows: it has no effect.`
    problems.push({ severity: 'warning', words, path, ...locateYaml(textOf(path) ?? '', [name]) })
  }
}
