import { lstatSync, realpathSync } from 'node:fs'
import { mkdir, realpath } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { failure } from '../../errors/index.ts'
import { checkKey } from '../key.ts'
import { codeOf, syncFolder, unless } from './disk.ts'

/** Where the keys of one root lie. Links are followed and held against the root: none leads out. */
export type Place = {
  readonly root: string
  /** The file of a key, links resolved; undefined: it is not there. */
  readonly find: (key: string) => Promise<string | undefined>
  /** Whether the file of a key, links resolved, lies in the root. */
  readonly isInside: (key: string) => Promise<boolean>
  /** The path to write a key to, whatever stands there; undefined: its folder is missing. */
  readonly spot: (key: string) => Promise<string | undefined>
  /** Make the folder of a key, for good. */
  readonly makeFolder: (key: string) => Promise<void>
  /** The path of a key, whether something stands there or not. */
  readonly pathOf: (key: string) => string
}

const absent = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']

export function placeOf(path: string): Place {
  const root = resolve(path)
  const isBelow = (real: string, realRoot: string) =>
    real === realRoot || real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)
  const inside = (real: string, realRoot: string, key: string): string => {
    if (isBelow(real, realRoot)) return real
    throw failure('SLUICE_OBJECT_KEY_INVALID', { key, words: 'a link there leads out of the store' })
  }
  // Not by way of another thread, which takes 42 µs where the call takes 5, and a commit makes ten of them.
  const real = async (path: string, key: string): Promise<string | undefined> => {
    const found = await unless(absent, async () => realpathSync.native(path))
    return found === undefined ? undefined : inside(found, realpathSync.native(root), key)
  }
  return {
    root,
    find: async key => {
      checkKey(key)
      return real(join(root, key), key)
    },
    isInside: async key => {
      const found = await unless(absent, () => realpath(join(root, key)))
      return found !== undefined && isBelow(found, await realpath(root))
    },
    spot: async key => {
      checkKey(key)
      const path = join(root, key)
      const folder = await real(dirname(path), key)
      return folder === undefined ? undefined : join(folder, path.slice(dirname(path).length + 1))
    },
    makeFolder: async key => {
      checkKey(key)
      await makeDurable(root)
      const folder = dirname(join(root, key))
      inside(await realpath(nearest(folder)), await realpath(root), key)
      await makeDurable(folder)
    },
    pathOf: key => {
      if (key === '') return root
      checkKey(key)
      const path = join(root, key)
      const near = nearest(path)
      if (near.length >= root.length) inside(realpathSync.native(near), realpathSync.native(root), key)
      return path
    },
  }
}

/** The path itself or the nearest folder above it that is there. */
function nearest(path: string): string {
  for (let at = path; ; at = dirname(at)) if (isThere(at) || at === dirname(at)) return at
}

function isThere(path: string): boolean {
  try {
    lstatSync(path)
    return true
  } catch (thrown) {
    if (absent.includes(codeOf(thrown) ?? '')) return false
    throw thrown
  }
}

/** mkdir -p, with every new name made durable in the folder that holds it. */
async function makeDurable(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined) return
  const names = relative(dirname(first), folder).split(sep)
  for (const index of names.keys()) await syncFolder(join(dirname(first), ...names.slice(0, index)))
}
