import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { failure } from '../../errors/index.ts'
import { isObject, loadYaml, type Yaml } from '../yaml.ts'
import type { Project } from './project.ts'
import { listOf } from './tree.ts'
import { textOf } from './walk.ts'

/** What `packages.yml` or `dependencies.yml` asks for, as written. */
export function requiredPackages(root: string): readonly Yaml[] {
  for (const name of ['packages.yml', 'dependencies.yml']) {
    const path = join(root, name)
    const read = loadYaml(textOf(path) ?? '', { path })
    if (isObject(read) && read.packages) return listOf(read.packages)
  }
  return []
}

/**
 * The folders of packages that are installed, in the order of their names. Fewer than are asked for is an
 * error.
 */
export function installedPackages(project: Project): readonly string[] {
  const folder = join(project.root, project.packagesPath)
  const installed = namesIn(folder)
    .filter(name => !name.startsWith('__') && statSync(join(folder, name)).isDirectory())
    .map(name => join(folder, name))
  const required = requiredPackages(project.root).length
  if (installed.length < required)
    throw failure('SLUICE_DBT_PACKAGES_MISSING', {
      required,
      installed: installed.length,
      folder: project.packagesPath,
    })
  return installed
}

function namesIn(folder: string): readonly string[] {
  const found = statSync(folder, { throwIfNoEntry: false })
  return found?.isDirectory() ? readdirSync(folder).sort() : []
}
