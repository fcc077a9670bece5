import type { MacroFacts, UniqueId } from '../face.ts'

type ByName = ReadonlyMap<string, MacroFacts>

/** The macros of all packages, found as dbt finds them. */
export type MacroIndex = {
  readonly byId: ReadonlyMap<UniqueId, MacroFacts>
  /**
   * A macro that a package names: its own, else that of the root, of any other package, of the built-in
   * ones.
   */
  readonly resolve: (packageName: string | undefined, name: string) => MacroFacts | undefined
  /** For `dispatch`: only that package; without one, everywhere. */
  readonly within: (packageName: string | undefined, name: string) => MacroFacts | undefined
  /** What a bare name means in the templates of a package: a macro, or a package by its name. */
  readonly visible: (packageName: string, name: string) => MacroFacts | ByName | undefined
  /** All names that mean something to the templates of a package. */
  readonly names: (packageName: string) => readonly string[]
}

/** Built-in packages are given with the one that wins first. */
export function macroIndex(
  macros: ReadonlyMap<UniqueId, MacroFacts>,
  rootName: string,
  builtins: readonly string[],
): MacroIndex {
  const packages = new Map<string, Map<string, MacroFacts>>()
  for (const macro of macros.values()) {
    const named = packages.get(macro.package_name) ?? new Map<string, MacroFacts>()
    named.set(macro.name, macro)
    packages.set(macro.package_name, named)
  }
  const isBuiltin = new Set(builtins)
  const none: ByName = new Map()
  const ofPackage = (name: string): ByName => packages.get(name) ?? none
  const root = ofPackage(rootName)
  const global: ByName = new Map(builtins.toReversed().flatMap(name => [...ofPackage(name)]))
  const others = [...packages].filter(([name]) => !isBuiltin.has(name)).flatMap(([, named]) => [...named])
  const everywhere: ByName = new Map([...global, ...others, ...root])

  return {
    byId: macros,
    resolve: (packageName, name) =>
      (packageName === undefined ? undefined : ofPackage(packageName).get(name)) ?? everywhere.get(name),
    within: (packageName, name) => {
      if (packageName === undefined) return everywhere.get(name)
      return packageName === globalPackage ? global.get(name) : ofPackage(packageName).get(name)
    },
    visible: (packageName, name) => {
      const own = isBuiltin.has(packageName) ? undefined : ofPackage(packageName).get(name)
      const macro = own ?? root.get(name)
      if (macro !== undefined) return macro
      if (name === globalPackage) return global
      const named = isBuiltin.has(name) ? undefined : packages.get(name)
      return named ?? global.get(name)
    },
    names: packageName => [
      ...new Set([
        ...ofPackage(packageName).keys(),
        ...root.keys(),
        ...packages.keys(),
        globalPackage,
        ...global.keys(),
      ]),
    ],
  }
}

/** The name under which all built-in macros are reached. */
const globalPackage = 'dbt'
