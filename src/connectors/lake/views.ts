import type { ObjectMeta, ObjectStore } from '../../objects/index.ts'
import type { AssetName } from '../../model/index.ts'
import { read } from './json.ts'
import { bookkeeping, segment, partsOf } from './names.ts'

/** What a name means besides tables. A view is a query that readers run, kept as text. */
export type View = {
  readonly asset: AssetName
  /** undefined: the name means nothing, whatever table lies there. */
  readonly sql?: string
  /** The run that put it there. */
  readonly run?: string
  /** What the name meant before, to go back to. */
  readonly before?: View
  /** Who put it there: one number for each attempt to publish. */
  readonly attempt: number
}

const folder = `${bookkeeping}/views/`

export function viewKey(asset: AssetName): string {
  const { schema, table } = partsOf(asset)
  return `${folder}${segment(schema)}.${segment(table)}.json`
}

/**
 * The lake's views, as they are now. Texts that did not change since they were read last are not read again.
 */
export type Views = {
  all(): Promise<ReadonlyMap<AssetName, View>>
}

export function openViews(store: ObjectStore): Views {
  let known = new Map<string, { readonly etag: string; readonly view: View }>()
  return {
    all: async () => {
      const metas: ObjectMeta[] = []
      for await (const meta of store.list(folder)) metas.push(meta)
      const now = new Map<string, { readonly etag: string; readonly view: View }>()
      for (const { key, etag } of metas) {
        const had = known.get(key)
        const view = had?.etag === etag ? had.view : await read<View>(store, key)
        if (view) now.set(key, { etag, view })
      }
      known = now
      return new Map([...now.values()].map(({ view }) => [view.asset, view]))
    },
  }
}

/** So many views before the one that stands are kept. */
const beforeMax = 20

/** The view with its past, cut where nobody will go back to. */
export function following(view: Omit<View, 'before'>, before: View | undefined, depth = beforeMax): View {
  if (before === undefined || depth === 0) return view
  return { ...view, before: following(before, before.before, depth - 1) }
}

/** undefined: there is no such view, or no longer. */
export async function findView(store: ObjectStore, asset: AssetName): Promise<View | undefined> {
  return read<View>(store, viewKey(asset))
}
