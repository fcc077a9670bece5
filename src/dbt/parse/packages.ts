import { failure } from '../../errors/index.ts'
import type { MacroFacts, Problem, UniqueId } from '../face.ts'
import { installedPackages } from '../project/packages.ts'
import { type Project, readProject } from '../project/project.ts'
import type { Render } from '../project/render.ts'
import { checkVersion } from '../project/version.ts'
import { addMacros, macrosIn } from './macros.ts'
import { guarded } from './parsing.ts'
import type { PackageFiles, SourceFile } from './source.ts'

/** All packages of a project, each with its files. */
export type Packages = {
  readonly root: Project
  readonly all: ReadonlyMap<string, Project>
  readonly builtins: readonly string[]
}

export type PackagesRequest = {
  readonly root: string
  readonly builtinFolders: readonly string[]
  readonly problems: Problem[]
  /** With the variables of the command line, for the project; without them, for its packages. */
  readonly render: { readonly root: Render; readonly packages: Render }
}

/** Read the project and every package it uses. Two of one name are an error. */
export function readPackages(root: Project, request: PackagesRequest): Packages {
  const { problems, render } = request
  const all = new Map<string, Project>([[root.name, root]])
  const add = (folder: string): Project => {
    const project = readProject(folder, render.packages, problems)
    const other = all.get(project.name)
    if (other !== undefined)
      throw failure('SLUICE_DBT_PACKAGE_TWICE', { name: project.name, first: other.root, second: folder })
    all.set(project.name, project)
    return project
  }
  const builtins = request.builtinFolders.map(folder => add(folder).name)
  for (const folder of installedPackages(root)) checkVersion(add(folder), problems)
  checkVersion(root, problems)
  return { root, all, builtins }
}

/** Read the macros of all packages: they are known before anything is rendered. */
export function readMacros(
  files: ReadonlyMap<string, PackageFiles>,
  { problems, createdAt }: { readonly problems: Problem[]; readonly createdAt: number },
): Map<UniqueId, MacroFacts> {
  const macros = new Map<UniqueId, MacroFacts>()
  const add = (file: SourceFile, holds: 'macros' | 'tests'): void =>
    guarded({ problems }, file.originalPath, () => addMacros(macros, macrosIn(file, holds, createdAt)))
  for (const each of files.values()) {
    for (const file of each.macros) add(file, 'macros')
    for (const file of each.genericTests) add(file, 'tests')
  }
  return macros
}
