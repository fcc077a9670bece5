import type { Dirent } from 'node:fs'
import { readdir, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { limits } from '../limits.ts'
import { unless } from '../local/disk.ts'
import { deadPrefix, discard, freshPrefix } from './entry.ts'

/** Written by each sweep, for who opens the cache next: looking at each file takes a second for 20,000. */
const mark = 'swept'

export async function isSwept(folder: string): Promise<boolean> {
  const found = await unless(['ENOENT'], () => stat(join(folder, mark)))
  return found !== undefined && Math.abs(Date.now() - found.mtimeMs) < limits.cacheSweptMs
}

type Found = { readonly folder: string; readonly usedMs: number; readonly bytes: number }

/** stat(2): the unit of `st_blocks`, whatever the disk's own. */
const blockBytes = 512

/**
 * Bring the cache below its limit, on a small disk below its share of that: what was used longest ago goes
 * first. What was used just now stays, also above the limit: somebody has its path and may be about to open
 * it.
 */
export async function sweep(folder: string, bytesMax: number): Promise<void> {
  await unless(['ENOENT'], () => writeFile(join(folder, mark), ''))
  const entries = (await unless(['ENOENT'], () => readdir(folder, { withFileTypes: true }))) ?? []
  const found: Found[] = []
  for (const entry of entries.filter(each => each.isDirectory())) {
    const path = join(folder, entry.name)
    if (isLeftOver(entry)) await removeOld(path)
    else found.push({ folder: path, ...(await useOf(path)) })
  }
  let bytes = found.reduce((sum, each) => sum + each.bytes, 0)
  const allowed = Math.min(bytesMax, (bytes + (await freeBytes(folder))) * limits.cacheDiskShare)
  for (const each of found.toSorted((a, b) => a.usedMs - b.usedMs)) {
    if (bytes <= allowed || Date.now() - each.usedMs < limits.cacheKeptMs) return
    await discard(each.folder)
    bytes -= each.bytes
  }
}

async function freeBytes(folder: string): Promise<number> {
  const found = await unless(['ENOENT'], () => statfs(folder))
  return found ? found.bavail * found.bsize : 0
}

function isLeftOver({ name }: Dirent): boolean {
  return name.startsWith(freshPrefix) || name.startsWith(deadPrefix)
}

/** What a killed process was making or removing. */
async function removeOld(path: string): Promise<void> {
  const found = await unless(['ENOENT'], () => stat(path))
  if (found && Date.now() - found.mtimeMs > limits.temporaryMsMax)
    await rm(path, { recursive: true, force: true })
}

/** Bytes on the disk, without the holes. */
async function useOf(folder: string): Promise<{ usedMs: number; bytes: number }> {
  let usedMs = 0
  let bytes = 0
  for (const name of (await unless(['ENOENT'], () => readdir(folder))) ?? []) {
    const found = await unless(['ENOENT'], () => stat(join(folder, name)))
    usedMs = Math.max(usedMs, name === 'extents' ? (found?.mtimeMs ?? 0) : 0)
    bytes += (found?.blocks ?? 0) * blockBytes
  }
  return { usedMs, bytes }
}
