import { open } from 'node:fs/promises'
import { Failure } from '../../errors/index.ts'
import type { ByteRange, ObjectCache } from '../../objects/index.ts'
import { type Footer, footerBytes, readFooter, trailerBytes } from './footer.ts'

/** A file of this machine, as long as an object of another and with holes where nobody looked yet. */
export type RemoteFile = {
  readonly path: string
  /** Fetched where it is not there. undefined: it cannot be read, and all of the file was fetched instead. */
  footer(): Promise<Footer | undefined>
  fetch(ranges: readonly ByteRange[]): Promise<void>
  fetchAll(): Promise<void>
}

/** The footer of most files with a few columns, in one request. */
const tailBytes = 64 * 1024

/** So small a file costs less as a whole than two requests do. */
const wholeBytesMax = 512 * 1024

/** Nothing is fetched yet. */
export async function openRemoteFile(
  cache: ObjectCache,
  key: string,
  sizeBytes: number,
): Promise<RemoteFile> {
  const object = { sizeBytes }
  const fetch = async (ranges: readonly ByteRange[]) => {
    await cache.sparse(key, object, ranges)
  }
  const path = await cache.sparse(key, object, [])
  const fetchAll = () => fetch([{ start: 0, end: sizeBytes }])
  const tailOf = async (length: number): Promise<Uint8Array> => {
    const start = Math.max(0, sizeBytes - length)
    await fetch([{ start, end: sizeBytes }])
    return read(path, start, sizeBytes)
  }
  return {
    path,
    fetch,
    fetchAll,
    footer: async () => {
      if (sizeBytes <= wholeBytesMax) await fetchAll()
      try {
        const tail = await tailOf(tailBytes)
        const length = footerBytes(tail.subarray(Math.max(0, tail.length - trailerBytes)))
        return readFooter(length <= tail.length ? tail : await tailOf(length), sizeBytes)
      } catch (thrown) {
        if (!(thrown instanceof Failure) || thrown.code !== 'SLUICE_PARQUET_FOOTER') throw thrown
        // The engine knows more about files than is read here, encrypted ones for example.
        await fetchAll()
        return undefined
      }
    },
  }
}

async function read(path: string, start: number, end: number): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const bytes = new Uint8Array(end - start)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start)
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
