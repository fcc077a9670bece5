import type { Yaml, YamlObject } from '../yaml.ts'
import type { Project } from './project.ts'
import { isMapping, itemOf } from './tree.ts'

/** The variables of one package's resources by name; undefined where nobody says it. */
export type Vars = (name: string) => Yaml | undefined

/**
 * What the command line says wins over what the project says to the package, then to all; then comes what
 * the package says itself.
 */
export function varsFor(own: Project, root: Project, cli: YamlObject): Vars {
  const sources: readonly (Yaml | undefined)[] = [
    cli,
    scope(root, own.name),
    root.vars,
    ...(own === root ? [] : [scope(own, own.name), own.vars]),
  ]
  return name => {
    for (const source of sources) {
      const found = itemOf(source, name)
      if (found !== undefined) return found
    }
    return undefined
  }
}

function scope({ vars }: Project, packageName: string): Yaml | undefined {
  const scoped = itemOf(vars, packageName)
  return isMapping(scoped) ? scoped : undefined
}
