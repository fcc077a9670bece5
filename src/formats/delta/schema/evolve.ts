import { failure } from '../../../errors/index.ts'
import type { TableField, TableType } from '../../../tables/index.ts'
import type { DataType, StructField, StructType } from './schema-string.ts'
import { declared, typeWords } from './types.ts'
import { retyped } from './widen.ts'

/** May a column change from one primitive type to another, because rows came that have the other? */
export type Widening = (from: string, to: string) => boolean

/**
 * The schema that holds the standing columns and the incoming ones: what is new comes last and may be NULL, a
 * type is widened where that is allowed and otherwise stays (rows must then fit it). What is neither is a
 * failure that names the column and both types. The same object: nothing changed.
 */
export function evolve(
  standing: StructType,
  incoming: readonly TableField[],
  widening: Widening,
): StructType {
  return merged(standing, incoming, { path: '', widening })
}

type Place = { readonly path: string; readonly widening: Widening }

function merged(
  standing: StructType,
  incoming: readonly TableField[],
  { path, widening }: Place,
): StructType {
  const come = byName(incoming, path)
  const below = (name: string): Place => ({ path: path === '' ? name : `${path}.${name}`, widening })
  const kept = standing.fields.map((field): StructField => {
    const other = come.get(field.name.toLowerCase())
    if (other === undefined) return field
    const type = mergedType(field.type, other.type, below(field.name))
    return type === field.type ? field : retyped(field, type)
  })
  const names = new Set(standing.fields.map(field => field.name.toLowerCase()))
  const added = incoming
    .filter(field => !names.has(field.name.toLowerCase()))
    .map(({ name, type }) => ({
      name,
      type: declared(type, below(name).path),
      nullable: true,
      metadata: {},
    }))
  const same = added.length === 0 && kept.every((field, at) => field === standing.fields[at])
  return same ? standing : { ...standing, fields: [...kept, ...added] }
}

function mergedType(standing: DataType, incoming: TableType, place: Place): DataType {
  if (standing === 'void') return declared(incoming, place.path)
  if (incoming.kind === 'scalar') {
    // Whether rows of it can be stored as the standing type is for the cast to say.
    if (typeof standing !== 'string') return standing
    const come = declared(incoming, place.path)
    return typeof come === 'string' && place.widening(standing, come) ? come : standing
  }
  if (typeof standing !== 'string') {
    if (standing.type === 'struct' && incoming.kind === 'struct')
      return merged(standing, incoming.fields, place)
    if (standing.type === 'array' && incoming.kind === 'list') {
      const elementType = mergedType(standing.elementType, incoming.element.type, part(place, 'element'))
      return elementType === standing.elementType ? standing : { ...standing, elementType }
    }
    if (standing.type === 'map' && incoming.kind === 'map') {
      const keyType = mergedType(standing.keyType, incoming.key.type, part(place, 'key'))
      const valueType = mergedType(standing.valueType, incoming.value.type, part(place, 'value'))
      const same = keyType === standing.keyType && valueType === standing.valueType
      return same ? standing : { ...standing, keyType, valueType }
    }
  }
  const comes = typeWords(declared(incoming, place.path))
  throw failure('SLUICE_DELTA_TYPE_MISMATCH', { column: place.path, stands: typeWords(standing), comes })
}

function part({ path, widening }: Place, name: string): Place {
  return { path: `${path}.${name}`, widening }
}

/** By their names in small letters: Delta tells columns apart by letters, not by capitals. */
export function byName(fields: readonly TableField[], path: string): ReadonlyMap<string, TableField> {
  const map = new Map(fields.map(field => [field.name.toLowerCase(), field]))
  if (map.size === fields.length) return map
  const seen = new Set<string>()
  const twice = fields.find(({ name }) => seen.size === seen.add(name.toLowerCase()).size)
  const name = twice?.name ?? ''
  throw failure('SLUICE_DELTA_COLUMN_TWICE', { column: path === '' ? name : `${path}.${name}` })
}
