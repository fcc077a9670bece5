import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { FileFormat, SinkRequest } from '../../connect/index.ts'
import { Failure, failure } from '../../errors/index.ts'
import type { Json } from '../../model/index.ts'
import { isCode } from './glob.ts'

export type Wanted = {
  readonly path: string
  readonly format: FileFormat
  readonly options: { readonly [name: string]: Json }
}

/**
 * The rows as one file that is there whole or not at all: written beside its place, made durable, then
 * renamed (POSIX rename is atomic within a folder). Writing twice gives the same file, so the effect key
 * needs no mark of its own.
 */
export async function write(wanted: Wanted, request: SinkRequest): Promise<{ readonly rows: number }> {
  const path = resolve(request.root, wanted.path)
  const folder = dirname(path)
  // One name, so that the next write removes what a killed one left. Two runs never write one asset at once.
  const draft = join(folder, `.${basename(path)}.sluice-draft`)
  try {
    await mkdir(folder, { recursive: true })
    if (await isFolder(path)) throw failure('SLUICE_FILES_FOLDER', { path: wanted.path })
    await rm(draft, { force: true })
    const rows = await request.unload(draft, wanted.format, { ...compressionOf(path), ...wanted.options })
    request.signal.throwIfAborted()
    await sync(draft)
    await rename(draft, path)
    await sync(folder)
    return { rows }
  } catch (thrown) {
    await forget(draft)
    if (isCode(thrown, 'ENOSPC', 'EDQUOT')) {
      throw failure('SLUICE_FILES_DISK_FULL', { path: wanted.path }, { cause: thrown })
    }
    if (isCode(thrown, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST')) {
      throw failure('SLUICE_FILES_UNWRITABLE', { path: wanted.path }, { cause: thrown })
    }
    // The engine cannot know that the draft in its way is ours: the file is told by the name it will have.
    if (thrown instanceof Failure && thrown.code === 'SLUICE_TARGET_UNWRITABLE')
      throw failure('SLUICE_FILES_UNWRITABLE', { path: wanted.path })
    throw thrown
  }
}

function compressionOf(path: string): { readonly compression?: string } {
  const ending = /\.(gz|zst)$/i.exec(path)?.[1]?.toLowerCase()
  return ending === undefined ? {} : { compression: ending === 'gz' ? 'gzip' : 'zstd' }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (thrown) {
    if (isCode(thrown, 'ENOENT')) return false
    throw thrown
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function forget(draft: string): Promise<void> {
  try {
    await rm(draft, { force: true })
  } catch (thrown) {
    // The folder itself is closed to us or is none: there is no draft, and the first failure says why.
    if (!isCode(thrown, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR')) throw thrown
  }
}
