import { randomUUID } from 'node:crypto'
import { closeSync, fsync, openSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { failure } from '../../errors/index.ts'
import { reserved } from '../key.ts'

/** Begins the names of files that are being written. */
export const temporaryPrefix = `${reserved}tmp-`

/** The code of an error of the operating system; undefined: it is none. */
export function codeOf(thrown: unknown): string | undefined {
  const { code } = thrown as { readonly code?: unknown }
  return typeof code === 'string' ? code : undefined
}

/**
 * Work on a file of this machine; what the operating system refuses becomes a failure that names the path.
 */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    const code = codeOf(thrown)
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw failure('SLUICE_OBJECT_DISK_FULL', { path }, { cause: thrown })
    if (code !== undefined && /^E[A-Z0-9]+$/.test(code))
      throw failure('SLUICE_OBJECT_DISK', { path, words: code }, { cause: thrown })
    throw thrown
  }
}

/** Gives undefined where the operating system says one of these. */
export async function unless<T>(codes: readonly string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (thrown) {
    if (codes.includes(codeOf(thrown) ?? '')) return undefined
    throw thrown
  }
}

/** Make a file beside the path and give it the name in one step: the path is never seen half written. */
export async function writeWhole(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryBeside(path)
  try {
    await make(temporary)
    await onDisk(path, () => rename(temporary, path))
  } finally {
    await rm(temporary, { force: true })
  }
}

/** A name that nobody has, in the folder of this path. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), temporaryPrefix + randomUUID())
}

/** What was named in this folder stays named, also when the power fails. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows does not open folders, and keeps names by itself.
  const opened = await unless(['EISDIR', 'EPERM'], async () => openSync(folder, 'r'))
  if (opened === undefined) return
  try {
    await synced(opened)
  } finally {
    closeSync(opened)
  }
}

/** What this descriptor stands for is on the disk. */
export const synced = promisify(fsync)
