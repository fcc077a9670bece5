import type { MacroFacts, UniqueId } from '../face.ts'

export type MaterializationWish = {
  readonly name: string
  readonly rootName: string
  /** The adapter's own type first, then those that it stands on. */
  readonly adapterTypes: readonly string[]
  readonly builtins: readonly string[]
}

/**
 * The macro that makes a node what its configuration says. One for this adapter comes before one for all;
 * of these the project's own before those of packages, and the built-in one last, which a package cannot
 * replace (the project may, by calling the package's).
 */
export function materializationMacro(
  macros: ReadonlyMap<UniqueId, MacroFacts>,
  { name, rootName, adapterTypes, builtins }: MaterializationWish,
): MacroFacts | undefined {
  for (const type of [...adapterTypes, 'default']) {
    const macro = `materialization_${name}_${type}`
    const own = macros.get(`macro.${rootName}.${macro}`)
    if (own) return own
    for (const builtin of builtins) {
      const found = macros.get(`macro.${builtin}.${macro}`)
      if (found) return found
    }
    for (const found of macros.values()) if (found.name === macro) return found
  }
  return undefined
}
