import { failure } from '../../errors/index.ts'
import type { Resource, UniqueId } from '../face.ts'
import { type Parsing, warn } from './parsing.ts'

/** Which packages are searched for a name, in which order; undefined: any. */
export function searched(
  { root, behaviour }: Parsing,
  own: string,
  named: string | null,
): readonly (string | undefined)[] {
  if (named !== null) return [named]
  if (root.name === own) return [own, undefined]
  return behaviour.ownPackageFirst ? [own, root.name, undefined] : [root.name, own, undefined]
}

export function dependOn({ depends_on: { nodes } }: Resource, uniqueId: UniqueId): void {
  if (!nodes.includes(uniqueId)) nodes.push(uniqueId)
}

type Target = {
  readonly kind: 'node' | 'source' | 'metric' | 'function'
  readonly name: string
  readonly disabled: boolean
}

/** What a resource names is not there. A test is left out with a warning; anything else is an error. */
export function missing(parsing: Parsing, of: Resource, { kind, name, disabled }: Target): void {
  of.config.enabled = false
  const state = disabled ? 'is switched off' : 'is not there'
  if (of.resource_type !== 'test')
    throw failure('SLUICE_DBT_TARGET_MISSING', {
      resource: of.unique_id,
      path: of.original_file_path,
      kind,
      name,
      state,
    })
  if (!disabled)
    warn(
      parsing,
      `Test \`${of.name}\` depends on ${kind} \`${name}\`, which ${state}.`,
      of.original_file_path,
    )
}

/** What the first of these packages has. */
export function firstOf<T>(
  packages: readonly (string | undefined)[],
  find: (name: string | undefined) => T | undefined,
) {
  for (const name of packages) {
    const found = find(name)
    if (found !== undefined) return found
  }
  return undefined
}
