import { durationMs } from '../model/index.ts'
import type { Project } from '../door/index.ts'
import { failure, near } from '../errors/index.ts'
import { assetNamed } from './assets.ts'
import { type Call, given, textOf } from './call.ts'
import { next } from './print/head.ts'
import { diffLines, flawLines, historyRows, repairLines, versionColumns, wouldLines } from './print/lake.ts'
import { bytes, counted } from './print/numbers.ts'
import { numberOf } from './wish.ts'

type Action = (call: Call, project: Project, tables: readonly string[]) => Promise<number>

const actions: { readonly [name: string]: Action } = { history, diff, restore, optimize, vacuum, fsck, clone }

/** `sluice lake`: what tables were, back to it, and their care. */
export async function lake(call: Call): Promise<number> {
  const [name = ''] = call.words
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (!action) {
    const known = Object.keys(actions)
    if (name === '')
      throw failure('SLUICE_CLI_ARGUMENT_MISSING', {
        argument: 'an action',
        usage: `sluice lake ${known.join('|')} TABLE`,
      })
    const close = near(name, known).map(other => `lake ${other}`)
    throw failure('SLUICE_CLI_VERB_UNKNOWN', { verb: `lake ${name}`, near: close })
  }
  const project = await call.open()
  return action(call, project, await tablesOf(call, project, name))
}

/** Actions for which no name means every table. */
const forAll = new Set(['optimize', 'vacuum', 'fsck'])

/** Tables of the project by name, and others of the lake by their full name. */
async function tablesOf(call: Call, project: Project, action: string): Promise<readonly string[]> {
  const words = call.words.slice(1)
  const manifest = await project.manifest()
  if (words.length > 0) return words.map(word => assetNamed(manifest, word)?.name ?? word)
  if (!forAll.has(action))
    throw failure('SLUICE_CLI_ARGUMENT_MISSING', {
      argument: 'a table',
      usage: `sluice lake ${action} TABLE${action === 'clone' ? ' NEW-TABLE' : ''}`,
    })
  const stands = new Set(await (await project.store('read')).assets())
  return manifest.assets
    .filter(({ name, kind, write }) => stands.has(name) && kind !== 'export' && write !== 'view')
    .map(({ name }) => name)
}

async function history(call: Call, project: Project, [table = '']: readonly string[]): Promise<number> {
  const { out } = call
  const limit = numberOf(call, 'rows') ?? 20
  const versions = await project.lake.history(table, { limit })
  if (out.isJson) out.json(versions)
  else {
    out.table(versionColumns, historyRows(versions))
    const [latest] = versions
    if (latest && latest.version > 0)
      out.say(['', next(`sluice lake diff ${table} --from ${latest.version - 1}`, out, project)])
  }
  return 0
}

async function diff(call: Call, project: Project, [table = '']: readonly string[]): Promise<number> {
  const from = textOf(call, 'from')
  if (from === undefined)
    throw failure('SLUICE_CLI_ARGUMENT_MISSING', {
      argument: 'an earlier state',
      usage: `sluice lake diff ${table} --from 3 --to 5`,
    })
  const found = await project.lake.diff(table, {
    from: await project.lake.when(from),
    to: await latestUnless(call, project, table),
  })
  if (call.out.isJson) call.out.json(found)
  else call.out.answer(diffLines(table, found))
  return 0
}

async function latestUnless(call: Call, project: Project, table: string) {
  const to = textOf(call, 'to')
  if (to !== undefined) return project.lake.when(to)
  const [latest] = await project.lake.history(table, { limit: 1 })
  return { version: latest?.version ?? 0 }
}

async function restore(call: Call, project: Project, [table = '']: readonly string[]): Promise<number> {
  const to = textOf(call, 'to')
  if (to === undefined)
    throw failure('SLUICE_CLI_ARGUMENT_MISSING', {
      argument: 'the state to go back to',
      usage: `sluice lake restore ${table} --to 3`,
    })
  const { out } = call
  const done = await project.lake.restore(table, await project.lake.when(to))
  if (out.isJson) out.json({ table, ...done })
  else if (done.already) out.say(`  ${table} is as it was in version ${done.from}; nothing was written`)
  else
    out.say([
      `  ${table} is as it was in version ${done.from}, now as version ${done.version}`,
      next(`sluice plan ${table}+`, out, project),
    ])
  return 0
}

async function optimize(call: Call, project: Project, tables: readonly string[]): Promise<number> {
  const { out, signal } = call
  const sortBy = textOf(call, 'sort-by')
    ?.split(',')
    .map(name => name.trim())
  const where = textOf(call, 'where')
  for (const table of tables) {
    const done = await project.lake.optimize(table, {
      signal,
      ...(sortBy ? { sortBy } : {}),
      ...(where === undefined ? {} : { where }),
    })
    if (out.isJson) out.json({ table, ...done })
    else if (done.version === undefined) out.say(`  ${table}: nothing to do`)
    else
      out.say(
        `  ${table}: ${counted(done.filesRemoved, 'file')} of ${bytes(done.bytesRemoved)} became ` +
          `${counted(done.filesAdded, 'file')} of ${bytes(done.bytesAdded)}, version ${done.version}`,
      )
  }
  return 0
}

async function vacuum(call: Call, project: Project, tables: readonly string[]): Promise<number> {
  const { out, signal } = call
  const dryRun = given(call, 'dry-run')
  const retain = textOf(call, 'retain')
  const retainMs = retain === undefined ? undefined : durationMs(retain)
  if (retain !== undefined && retainMs === undefined)
    throw failure('SLUICE_CLI_OPTION_VALUE', { option: '--retain', expected: 'a length of time, `7 days`' })
  for (const table of tables) {
    const done = await project.lake.vacuum(table, {
      dryRun,
      signal,
      force: given(call, 'force'),
      ...(retainMs === undefined ? {} : { retainMs }),
    })
    if (out.isJson) out.json({ table, dryRun, ...done })
    else {
      const verb = dryRun ? 'would be deleted' : 'deleted'
      out.say(`  ${table}: ${counted(done.files, 'file')} of ${bytes(done.bytes)} ${verb}`)
      if (dryRun) out.answer(done.paths)
    }
  }
  return 0
}

async function fsck(call: Call, project: Project, tables: readonly string[]): Promise<number> {
  const { out } = call
  const dryRun = given(call, 'dry-run')
  const mends = given(call, 'repair')
  let flaws = 0
  for (const table of tables) {
    const seen = await project.lake.fsck(table)
    const isMissing = mends && seen.some(({ kind }) => kind === 'file missing')
    const repaired = isMissing && !dryRun ? await project.lake.repair(table) : undefined
    const found = repaired ? await project.lake.fsck(table) : seen
    flaws += found.length
    if (out.isJson) out.json({ table, flaws: found, ...(repaired ? { repaired } : {}) })
    else
      out.say([
        ...(repaired ? repairLines(table, repaired) : []),
        ...flawLines(table, found, out.palette),
        ...(isMissing && dryRun ? wouldLines(found) : []),
      ])
  }
  return flaws > 0 ? 1 : 0
}

async function clone(call: Call, project: Project, tables: readonly string[]): Promise<number> {
  const [table = '', to] = tables
  const { out } = call
  if (to === undefined)
    throw failure('SLUICE_CLI_ARGUMENT_MISSING', {
      argument: 'the name of the clone',
      usage: `sluice lake clone ${table} scratch.copy`,
    })
  const from = textOf(call, 'from')
  const when = from === undefined ? undefined : await project.lake.when(from)
  const done = await project.lake.clone(table, to, when)
  if (out.isJson) out.json({ table, to, ...done })
  else
    out.say([
      `  ${to} has the ${counted(done.files, 'file')} of ${table}, version ${done.from}; none was copied`,
      next(`sluice sql "select count(*) from ${to}"`, out, project),
    ])
  return 0
}
