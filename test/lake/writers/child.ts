import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { openEngine } from '../../../src/engine/index.ts'
import { Failure } from '../../../src/errors/index.ts'
import type { Transaction } from '../../../src/formats/delta/face.ts'
import { openDeltaLog } from '../../../src/formats/delta/log/open.ts'
import { append } from '../../../src/formats/delta/rows/append.ts'
import { deleteRows } from '../../../src/formats/delta/rows/delete.ts'
import { faulty, localStore, patience, retrying } from '../../../src/objects/index.ts'

// One of several writers of a table, killed at any moment and started again. Its n-th effect adds the row
// (writer, n); every third one takes away the row before in the same commit. The effect is keyed by the
// writer's name and n, so that one that stands already is not done again.

const [folder = '', tempDir = '', writer = '', effects = '', store = '', seed = ''] = process.argv.slice(2)
const engine = await openEngine({ tempDir: join(tempDir, writer), memoryBytesMax: 256 * 2 ** 20 })
const local = localStore(folder)
const faults = { seed: Number(seed), conflict: 0.02, failed: 0.02, timeoutBefore: 0.02, timeoutAfter: 0.02 }
const place = {
  store:
    store === 'faulty' ? retrying(faulty(local, faults), { ...patience(), sleep: async () => {} }) : local,
  engine,
  nowMs: Date.now,
}
const log = await openDeltaLog(place)
const session = await engine.session({ path: folder })
const appId = `writer ${writer}`

for (let effect = ((await (await log.latest())?.txn(appId)) ?? -1) + 1; effect < Number(effects); ) {
  const tx = await log.begin({ session })
  try {
    // What an attempt whose answer was lost has done after all.
    const done = await tx.base?.txn(appId)
    if (done === undefined || done < effect) {
      await stage(tx, effect)
      const { version } = await tx.commit({ name: 'WRITE', parameters: { effect } })
      writeSync(1, `${effect} ${version}\n`)
    }
    effect++
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.retry !== 'later') throw thrown
  } finally {
    await tx.abandon().catch(() => undefined)
  }
}
await log.close()
engine.close()

async function stage(tx: Transaction, effect: number): Promise<void> {
  if (effect % 3 === 2) await deleteRows(tx, { where: `writer = ${writer} and effect = ${effect - 1}` })
  await append(tx, `select ${writer} as writer, ${effect} as effect`)
  await tx.stage([{ txn: { appId, version: effect } }])
}
