import { randomUUID } from 'node:crypto'
import { failure } from '../errors/index.ts'
import { complete } from './complete.ts'
import { checkKey, checkPrefix, compareKeys } from './key.ts'
import { cutRange } from './ranges.ts'
import type { Got, ObjectMeta, ObjectStore } from './store.ts'

/** Objects that live as long as this value. */
export function memoryStore(): ObjectStore {
  const describe = 'memory:'
  const objects = new Map<string, Got>()
  let writes = 0
  const keep = (key: string, body: Uint8Array): ObjectMeta => {
    const meta = { key, sizeBytes: body.length, modifiedMs: Date.now(), etag: `"${++writes}"` }
    objects.set(key, { bytes: body.slice(), meta })
    return meta
  }
  return complete({
    describe,
    identity: `memory:${randomUUID()}`,
    can: { putIfAbsent: true, putIfMatch: true },
    async get(key, { range, ifMatch } = {}) {
      checkKey(key)
      const got = objects.get(key)
      if (!got) throw failure('SLUICE_OBJECT_NOT_FOUND', { store: describe, key })
      if (ifMatch !== undefined && ifMatch !== got.meta.etag)
        throw failure('SLUICE_OBJECT_CHANGED', { store: describe, key })
      const { start, end } = range
        ? cutRange(range, got.bytes.length, key)
        : { start: 0, end: got.bytes.length }
      return { bytes: got.bytes.slice(start, end), meta: got.meta }
    },
    async head(key) {
      checkKey(key)
      return objects.get(key)?.meta
    },
    async put(key, body) {
      checkKey(key)
      return keep(key, body)
    },
    async putIfAbsent(key, body) {
      checkKey(key)
      if (objects.has(key)) return 'exists'
      keep(key, body)
      return 'created'
    },
    async putIfMatch(key, body, etag) {
      checkKey(key)
      return objects.get(key)?.meta.etag === etag ? keep(key, body) : undefined
    },
    async *list(prefix, { startAfter = '' } = {}) {
      checkPrefix(prefix)
      const isListed = (key: string) => key.startsWith(prefix) && compareKeys(key, startAfter) > 0
      for (const key of [...objects.keys()].filter(isListed).toSorted(compareKeys)) {
        const got = objects.get(key)
        if (got) yield got.meta
      }
    },
    async delete(keys) {
      for (const key of keys) checkKey(key)
      for (const key of keys) objects.delete(key)
    },
    async close() {
      objects.clear()
    },
  })
}
