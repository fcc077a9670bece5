import type { Relation } from './relation.ts'

/**
 * What stands in the schemas that a command works with: asked of the database once for each schema, then
 * kept up by what the command itself creates, drops and renames.
 */
export type RelationCache = {
  /** Those of a schema; `load` asks the database when it is the first time. */
  readonly inSchema: (
    schema: SchemaName,
    load: () => Promise<readonly Relation[]>,
  ) => Promise<readonly Relation[]>
  readonly added: (of: Relation) => void
  readonly dropped: (of: Relation) => void
  readonly renamed: (from: Relation, to: Relation) => void
  /** A schema is gone, with all in it. */
  readonly schemaDropped: (schema: SchemaName) => void
}

export type SchemaName = { readonly database: string | null; readonly schema: string | null }

export function relationCache(): RelationCache {
  const schemas = new Map<string, Promise<Map<string, Relation>>>()
  const schemaKey = ({ database, schema }: SchemaName) => JSON.stringify([lower(database), lower(schema)])
  // A change of a schema that nobody has asked for yet will be seen when it is.
  const change = (of: Relation, act: (known: Map<string, Relation>) => void) => {
    const known = schemas.get(schemaKey(of))
    if (known)
      schemas.set(
        schemaKey(of),
        known.then(relations => (act(relations), relations)),
      )
  }
  const added = (of: Relation) => change(of, known => void known.set(lower(of.identifier), of))
  const dropped = (of: Relation) => change(of, known => void known.delete(lower(of.identifier)))
  return {
    inSchema: async (schema, load) => {
      const key = schemaKey(schema)
      const before = schemas.get(key)
      const known = before ?? load().then(found => new Map(found.map(each => [lower(each.identifier), each])))
      if (!before) {
        schemas.set(key, known)
        known.catch(() => schemas.delete(key))
      }
      return [...(await known).values()]
    },
    added,
    dropped,
    renamed: (from, to) => {
      dropped(from)
      added(to)
    },
    schemaDropped: schema => void schemas.delete(schemaKey(schema)),
  }
}

function lower(name: string | null): string {
  return (name ?? '').toLowerCase()
}
