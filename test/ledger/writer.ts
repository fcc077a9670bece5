/**
 * A process that writes into a ledger until it has done its groups, or is killed. Arguments: folder, name,
 * groups; fewer than no groups: it begins a run and then only waits. A group is one turn of the event loop:
 * its transitions are committed together. `<group>` on stdout: it is durable.
 */
import { writeSync } from 'node:fs'
import type { RunLog, Transition } from '../../src/ledger/index.ts'
import { idsFrom, openLedger } from '../../src/ledger/index.ts'

const [folder = '', name = '', groups = '0'] = process.argv.slice(2)
export const groupSteps = 5

const ledger = await openLedger({
  path: folder,
  mode: 'write',
  nowMs: Date.now,
  newId: idsFrom({ nowMs: Date.now, random: Math.random }),
  pid: process.pid,
  soon: setImmediate,
})
for (const crashed of await ledger.recoverable()) await ledger.settle(crashed, [])
const asset = `t.${name}`
const log = await ledger.startRun({ project: 'p', trigger: 'test', actor: name, steps: [{ id: 'x', asset }] })
const before = (await ledger.asset(asset))?.version ?? 0
if (Number(groups) < 0) {
  writeSync(1, 'waiting\n')
  await new Promise(() => setInterval(() => undefined, 60_000))
}
for (let group = 0; group < Number(groups); group += 1) {
  await writeGroup(log, group)
  writeSync(1, `${group}\n`)
}
await log.finish('success')
await ledger.close()

/** Steps that begin and end at once; the last one raises the asset's version: all of them, or none. */
async function writeGroup(log: RunLog, group: number): Promise<void> {
  const transitions = Array.from({ length: groupSteps }, (_, index): readonly Transition[] => {
    const step = `g${group}.${index}`
    const version = before + group * groupSteps + index + 1
    const finished = { kind: 'step.finished', outcome: 'success', durationMs: 1, version } as const
    const reason = { code: 'forced', words: 'a test wants it' } as const
    return [
      { step, asset, attempt: 1, body: { kind: 'step.started', reason } },
      { step, asset, attempt: 1, body: { kind: 'step.publishing', effect: step } },
      { step, asset, attempt: 1, body: finished, state: { version } },
    ]
  })
  await Promise.all(transitions.flat().map(transition => log.record(transition)))
}
