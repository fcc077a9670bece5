import { breaks, type Compiled } from '../compile/index.ts'
import { type Failure, failure, type Note } from '../errors/index.ts'
import type {
  Asset,
  AssetName,
  Column,
  Contract,
  ContractChange,
  Declaration,
  History,
  Manifest,
} from '../model/index.ts'
import type { Opened } from './opened.ts'

/**
 * What people now declare of an asset that is loaded, against the contract that the last load kept. A column
 * that is gone or has another type is a failure that names everything downstream that is made from it, with
 * its place: by the lineage as it was while the kept contract held, because a binder stops at the first.
 */
export async function contractBreaks(rooms: Opened, compiled: Compiled): Promise<readonly Failure[]> {
  const history = await (await rooms.ledger('read')).history()
  const changed = changesOf(rooms.read.declarations, compiled.manifest, history)
  if (changed.length === 0) return []
  const before = await rooms.compiledAsKept()
  return changed.flatMap(({ declaration, changes }) =>
    changes.flatMap(change => told(before.manifest, declaration, change)),
  )
}

type Changed = { readonly declaration: Declaration; readonly changes: readonly Change[] }
type Change = Exclude<ContractChange, { kind: 'new column' }>

function changesOf(
  declarations: readonly Declaration[],
  manifest: Manifest,
  history: History,
): readonly Changed[] {
  const assets = new Map(manifest.assets.map(asset => [asset.name, asset]))
  return declarations.flatMap(declaration => {
    const asset = assets.get(declaration.name)
    const kept = history.assets[declaration.name]?.contract
    if (asset === undefined || kept === undefined || !isLoaded(declaration)) return []
    const changes = between(kept, asset, declaration)
    return changes.length > 0 ? [{ declaration, changes }] : []
  })
}

function isLoaded({ body }: Declaration): boolean {
  return body.kind === 'ingest' || body.kind === 'rows'
}

/** A column that was declared and is not any more is no longer promised, whether or not it still comes. */
function between(kept: Contract, asset: Asset, { facts }: Declaration): readonly Change[] {
  const now = new Map((asset.columns ?? kept.columns).map(column => [lower(column.name), column]))
  const declared = new Set(facts.columns.map(column => lower(column.name)))
  const promised = new Set(kept.declared?.map(lower))
  return kept.columns.flatMap(({ name, type }): readonly Change[] => {
    const column = now.get(lower(name))
    const withdrawn = promised.has(lower(name)) && !declared.has(lower(name))
    if (column === undefined || withdrawn) return [{ kind: 'missing column', column: name, type }]
    return column.type === type ? [] : [{ kind: 'type change', column: name, from: type, to: column.type }]
  })
}

function lower(text: string): string {
  return text.toLowerCase()
}

/** Nothing depends on it: nothing breaks. */
function told(before: Manifest, declaration: Declaration, change: Change): readonly Failure[] {
  const found = breaks(before, declaration.name, [change])
  if (found.length === 0) return []
  const notes = found.map(({ kind, asset, name, at, words }): Note => {
    const of: { readonly [kind: string]: string } = {
      column: `\`${asset}.${name}\``,
      export: `\`${asset}\``,
      'project check': `\`${name}\``,
      check: `\`${name}\` of \`${asset}\``,
    }
    return { text: `${kind} ${of[kind] ?? `of \`${asset}\``}: ${words}`, at }
  })
  const params = {
    asset: declaration.name,
    column: change.column,
    from: change.kind === 'type change' ? change.from : change.type,
    to: change.kind === 'type change' ? change.to : undefined,
    breaks: found.length,
  }
  const at = declaration.spots[change.column] ?? declaration.at
  return [failure('SLUICE_CONTRACT_BREAKS', params, { at, notes })]
}

/** Declarations as if nothing but the kept contracts told the types of what is loaded. */
export function asKept(
  declarations: readonly Declaration[],
  known: { readonly [asset: AssetName]: readonly Column[] },
): readonly Declaration[] {
  return declarations.map(declaration => {
    if (!isLoaded(declaration) || known[declaration.name] === undefined) return declaration
    const columns = declaration.facts.columns.map(column => ({ ...column, type: '' }))
    return { ...declaration, facts: { ...declaration.facts, columns } }
  })
}
