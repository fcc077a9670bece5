import type { Yaml, YamlObject } from '../yaml.ts'
import { entriesOf, isMapping, itemOf } from './tree.ts'

export type Level = { readonly [name: string]: Yaml }
/** What a tree of configuration says to the resource with these names, the outermost level first. */
export type Levels = (fqn: readonly string[]) => readonly Level[]

/** A tree of configuration, such as that under `models:`, ready to be asked. */
export function levelsOf(tree: Yaml | undefined): Levels {
  // A level is asked by every resource below it.
  const known = new Map<object, Level>()
  const level = (at: YamlObject | Map<Yaml, Yaml>): Level => {
    const options = known.get(at) ?? optionsOf(at)
    known.set(at, options)
    return options
  }
  return fqn => {
    const levels: Level[] = []
    let at: Yaml | undefined = tree
    for (const name of fqn) {
      if (!isMapping(at)) return levels
      levels.push(level(at))
      at = itemOf(at, name)
    }
    if (isMapping(at)) levels.push(level(at))
    return levels
  }
}

/**
 * A name with `+` is an option for sure; without it a mapping is taken for a folder, anything else for an
 * option.
 */
function optionsOf(level: YamlObject | Map<Yaml, Yaml>): Level {
  const options: YamlObject = {}
  for (const [name, value] of entriesOf(level)) {
    if (name.startsWith('+')) options[name.slice(1).trim()] = value
    else if (!isMapping(value)) options[name] = value
  }
  return options
}
