import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type BatchResults, isObject, type NodeResult, type UniqueId } from '../../dbt/index.ts'
import { failure } from '../../errors/index.ts'
import { carriedOut, reportOf } from './build.ts'
import { compiled } from './compile.ts'
import { documented } from './docs.ts'
import type { DbtReport } from './face.ts'
import { type DbtCommand, dbtCommands, dbtFlags, whichOf } from './flags.ts'
import { operated } from './operate.ts'
import { type Opened, opened } from './opened.ts'
import type { FlagValue, FlagValues } from './settings.ts'

/** What the last run left behind, as far as it is needed to go on. */
type Last = {
  readonly args: { readonly [name: string]: unknown }
  readonly results: readonly Pick<NodeResult, 'unique_id' | 'status' | 'batch_results'>[]
  readonly startedAtMs: number
}

const unfinished = new Set(['error', 'fail', 'skipped', 'runtime error', 'partial success'])

/** Do again, with the flags of that time, what failed or was skipped in the last command. */
export async function retried(rooms: Opened): Promise<DbtReport> {
  const last = lastRun(rooms)
  const command = commandOf(String(last.args.which))
  const macro = typeof last.args.macro === 'string' ? [last.args.macro] : []
  const again = opened({ ...rooms.options, command, words: macro, flags: flagsOf(rooms, last) })
  try {
    return await inOnesStead(again, last, command)
  } finally {
    await again.close()
  }
}

async function inOnesStead(again: Opened, last: Last, command: DbtCommand): Promise<DbtReport> {
  const isWanted = ({ unique_id: id, status }: Last['results'][number]) =>
    (unfinished.has(status) || (status === 'warn' && again.voices.warningsAreErrors)) &&
    !id.startsWith('operation.')
  const ids = last.results.filter(isWanted).map(({ unique_id: id }) => id)
  const none = () => reportOf([], again.options.nowMs() - again.startedAtMs)
  if (command === 'run-operation') await operated(again)
  else if (command === 'docs generate') await documented(again)
  else if (command === 'compile') await compiled(again)
  else if (ids.length > 0)
    return carriedOut(again, { command, ids: standing(again, ids), more: batchesOf(last) })
  return none()
}

/** Nodes that were taken out of the project since cannot be done again. */
function standing(again: Opened, ids: readonly UniqueId[]): readonly UniqueId[] {
  const { manifest } = again.parsed()
  const kinds = [
    manifest.nodes,
    manifest.unit_tests,
    manifest.functions,
    manifest.exposures,
    manifest.saved_queries,
  ]
  return ids.filter(id => kinds.some(kind => kind.has(id)))
}

/** Of a model that was made in part, only the batches that failed. One that failed whole is made anew. */
function batchesOf({ results, startedAtMs }: Last) {
  const batches = results.flatMap(({ unique_id: id, batch_results: found }) => {
    if (!isObject(found)) return []
    const batch = found as unknown as BatchResults
    return batch.successful.length > 0 && batch.failed.length > 0 ? [[id, batch] as const] : []
  })
  return { batchesBefore: new Map(batches), batchesBeforeMs: startedAtMs }
}

function lastRun(rooms: Opened): Last {
  const { settings, root } = rooms
  const state = settings.text('state')
  const folder = state === undefined ? rooms.targetDir() : resolve(root, state)
  const read = jsonIn(join(folder, 'run_results.json'))
  if (!isObject(read) || !Array.isArray(read.results) || !isObject(read.args))
    throw failure('SLUICE_DBT_STATE_MISSING', { flag: 'retry', folder })
  const { invocation_started_at: started, generated_at: generated } = isObject(read.metadata)
    ? read.metadata
    : {}
  return {
    args: read.args,
    results: read.results as unknown as Last['results'],
    startedAtMs: Date.parse(String(started ?? generated)),
  }
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    // Absent or broken: either way there is no run to go on with, which the caller says.
    return undefined
  }
}

function commandOf(which: string): DbtCommand {
  const found = dbtCommands.find(command => whichOf(command) === which)
  if (found && found !== 'retry') return found
  throw failure('SLUICE_DBT_RETRY', { command: which })
}

/** Flags that belong to where a command runs, and not to what it did. */
const local = new Set(['profiles-dir', 'project-dir', 'defer-state', 'target-path', 'warn-error', 'show'])
/** Flags that may be said anew. */
const anew = ['vars', 'threads', 'full-refresh']

function flagsOf({ options }: Opened, { args }: Last): FlagValues {
  const flags: { [name: string]: FlagValue } = {}
  for (const [key, value] of Object.entries(args)) {
    const name = key.replaceAll('_', '-')
    const spec = dbtFlags.find(each => each.name === name || each.also?.includes(name))
    const isSaid = value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)
    if (spec && isSaid && !local.has(spec.name)) flags[spec.name] = value as FlagValue
  }
  for (const name of [...local, ...anew]) {
    const given = options.flags[name]
    if (given !== undefined) flags[name] = given
  }
  return flags
}
