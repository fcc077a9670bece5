import type { ObjectMeta, ObjectStore } from '../../objects/index.ts'

/** The part of a store below a folder, as a store: keys of one table, out of a lake that is opened once. */
export function below(store: ObjectStore, folder: string): ObjectStore {
  const start = `${folder}/`
  const inside = (meta: ObjectMeta): ObjectMeta => ({ ...meta, key: meta.key.slice(start.length) })
  const { pathOf, direct } = store
  return {
    describe: `${store.describe}/${folder}`,
    identity: `${store.identity}/${folder}`,
    can: store.can,
    ...(pathOf && { pathOf: (key: string) => pathOf(key === '' ? folder : start + key) }),
    ...(direct && { direct: { ...direct, url: (key: string) => direct.url(start + key) } }),
    get: async (key, options) => {
      const got = await store.get(start + key, options)
      return { ...got, meta: inside(got.meta) }
    },
    ranges: (key, ranges, options) => store.ranges(start + key, ranges, options),
    head: async key => {
      const meta = await store.head(start + key)
      return meta && inside(meta)
    },
    put: async (key, body) => inside(await store.put(start + key, body)),
    putIfAbsent: (key, body) => store.putIfAbsent(start + key, body),
    putIfMatch: async (key, body, etag) => {
      const meta = await store.putIfMatch(start + key, body, etag)
      return meta && inside(meta)
    },
    upload: async (key, path) => inside(await store.upload(start + key, path)),
    download: async (key, path) => inside(await store.download(start + key, path)),
    list: async function* (prefix, { startAfter } = {}) {
      const after = startAfter === undefined ? {} : { startAfter: start + startAfter }
      for await (const meta of store.list(start + prefix, after)) yield inside(meta)
    },
    delete: keys => store.delete(keys.map(key => start + key)),
    // The lake closes what it opened.
    close: async () => undefined,
  }
}
