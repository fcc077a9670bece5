import { Failure } from '../../errors/index.ts'
import type { ObjectStore } from '../../objects/index.ts'

/** The object's JSON, as `bytesOf` wrote it; undefined: it is not there. */
export async function read<T>(objects: ObjectStore, key: string): Promise<T | undefined> {
  try {
    return JSON.parse(Buffer.from((await objects.get(key)).bytes).toString(), revive) as T
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'SLUICE_OBJECT_NOT_FOUND') return undefined
    throw thrown
  }
}

/** Integers of any size come back as they were: row ids go beyond 2^53. */
export function bytesOf(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, replace)}\n`)
}

function replace(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? { bigint: String(value) } : value
}

function revive(_key: string, value: unknown): unknown {
  const digits = (value as { readonly bigint?: unknown } | null)?.bigint
  return typeof digits === 'string' && Object.keys(value as object).length === 1 ? BigInt(digits) : value
}
