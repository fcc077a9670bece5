import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Target, TargetContext } from '../../connect/index.ts'
import { about, lake } from './index.ts'

/** Which shared suites this connector must pass. */
export const strategies = about.can.write ?? []

/** How to get a live one: a lake in a folder of its own. */
export async function fresh(): Promise<{
  target: Target
  context: TargetContext
  dispose: () => Promise<void>
}> {
  const root = await mkdtemp(join(tmpdir(), 'sluice-lake-'))
  return {
    target: lake('lake'),
    context: {
      root,
      memoryBytesMax: 512 * 1024 ** 2,
      mode: 'write',
      tempDir: join(root, 'temp'),
      signal: new AbortController().signal,
    },
    dispose: () => rm(root, { recursive: true, force: true }),
  }
}
