import type { Problem } from '../face.ts'
import { locateYaml, type YamlObject } from '../yaml.ts'
import { textOf } from './walk.ts'

const known = new Set(
  [
    'name version config-version profile project-root packages require-dbt-version restrict-access flags',
    'model-paths source-paths seed-paths data-paths snapshot-paths analysis-paths macro-paths test-paths',
    'function-paths docs-paths asset-paths target-path log-path packages-install-path clean-targets',
    'quoting vars dispatch on-run-start on-run-end query-comment dbt-cloud anchors',
    'models seeds snapshots analyses sources tests data_tests unit_tests metrics exposures functions',
    'semantic_models semantic-models saved_queries saved-queries',
  ].flatMap(line => line.split(' ')),
)

/** Names that `dbt_project.yml` does not have: a slip of the pen is told, and does no harm. */
export function checkNames(project: YamlObject, path: string, problems: Problem[]): void {
  for (const name in project) {
    if (known.has(name)) continue
    const words = `\`${name}\` is no name that dbt_project.yml knows: it has no effect.`
    problems.push({ severity: 'warning', words, path, ...locateYaml(textOf(path) ?? '', [name]) })
  }
}
