import type { ObjectStore } from '../../../objects/index.ts'

/** Where a table lies, as absolute paths of a log say it. */
export function rootOf(store: ObjectStore): string {
  return store.pathOf?.('') ?? store.describe
}
