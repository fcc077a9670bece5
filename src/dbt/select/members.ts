import type { Manifest, Resource, UniqueId } from '../face.ts'

/** Where a resource lies in the manifest; methods ask for some of these. */
export type Kind =
  | 'nodes'
  | 'sources'
  | 'exposures'
  | 'metrics'
  | 'unit_tests'
  | 'semantic_models'
  | 'saved_queries'
  | 'functions'

export const everyKind: readonly Kind[] = [
  'nodes',
  'sources',
  'exposures',
  'metrics',
  'unit_tests',
  'semantic_models',
  'saved_queries',
  'functions',
]

export type Member = { readonly id: UniqueId; readonly kind: Kind; readonly resource: Resource }

/** All that can be selected, in the manifest's order. */
export function membersOf(manifest: Manifest): readonly Member[] {
  return everyKind
    .flatMap(kind =>
      Array.from<[UniqueId, Resource], Member>(manifest[kind], ([id, resource]) => ({ id, kind, resource })),
    )
    .filter(({ resource }) => resource.config?.enabled !== false)
}

/** Whether code was left empty: commands pass over such a node, `list` shows it. */
export function isEmpty({ kind, resource }: Member): boolean {
  if (kind !== 'nodes' || resource.resource_type === 'seed') return false
  return typeof resource.raw_code === 'string' && resource.raw_code.trim() === ''
}
