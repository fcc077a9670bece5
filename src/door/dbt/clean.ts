import { existsSync, rmSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { failure } from '../../errors/index.ts'
import type { Opened } from './opened.ts'

/** Remove what `clean-targets` names: never a folder that holds the project's own code. */
export function cleaned(rooms: Opened): readonly string[] {
  const { root, settings } = rooms
  const { project } = rooms.looked()
  const kept = Object.values(project.paths)
    .flat()
    .map(path => resolve(root, path))
  const insideOnly = settings.choice('clean-project-files-only') ?? true
  const targets = project.cleanTargets.map(path => resolve(root, path))
  for (const target of targets) {
    const holds = (path: string) => !relative(target, path).startsWith('..')
    const isOutside = relative(root, target).startsWith('..')
    if (holds(root) || kept.some(holds) || (insideOnly && isOutside))
      throw failure('SLUICE_DBT_CLEAN', { folder: relative(root, target) || '.' })
  }
  const there = targets.filter(target => existsSync(target))
  for (const target of there) rmSync(target, { recursive: true, force: true })
  return there.map(target => relative(root, target))
}
