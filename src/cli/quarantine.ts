import type { Project, QuarantineRow } from '../door/index.ts'
import { failure, near } from '../errors/index.ts'
import { assetOf } from './assets.ts'
import { type Call, given } from './call.ts'
import { head, next } from './print/head.ts'
import { count, counted } from './print/numbers.ts'
import { formOf, rowsMaxOf, tellRows } from './print/rows.ts'
import { reportJson } from './print/verdict.ts'
import { tellRun } from './run.ts'
import { numberOf } from './wish.ts'

type Action = (call: Call, project: Project) => Promise<number>

const actions: { readonly [name: string]: Action } = { list, show, replay, discard }

/** `sluice quarantine`: rows that were refused, and why; look at them, send them again, give them up. */
export async function quarantine(call: Call): Promise<number> {
  const [name = 'list'] = call.words
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (!action) {
    const verb = `quarantine ${name}`
    const known = near(name, Object.keys(actions)).map(other => `quarantine ${other}`)
    throw failure('SLUICE_CLI_VERB_UNKNOWN', { verb, near: known })
  }
  if (name !== 'list' && call.words[1] === undefined) {
    const usage = `sluice quarantine ${name} ASSET`
    throw failure('SLUICE_CLI_ARGUMENT_MISSING', { argument: 'an asset', usage })
  }
  return action(call, await call.open())
}

async function list({ out }: Call, project: Project): Promise<number> {
  const counts = await project.quarantine.counts()
  if (out.isJson) out.json(counts)
  else if (counts.length === 0) out.say('  no rows are in quarantine')
  else {
    const columns = [{ name: 'asset' }, { name: 'rule' }, { name: 'rows', align: 'right' as const }]
    const rows = counts.map(({ asset, rule, open }) => [asset, rule, count(open)])
    out.table(columns, rows)
    out.say(['', next(`sluice quarantine show ${counts[0]?.asset}`, out, project)])
  }
  return 0
}

const columnNames: readonly (keyof QuarantineRow)[] = [
  'id',
  'status',
  'rule',
  'reason',
  'source',
  'position',
  'raw',
]

async function show(call: Call, project: Project): Promise<number> {
  const asset = await named(call, project)
  const form = formOf(call.out, { csv: given(call, 'csv') })
  const rowsMax = rowsMaxOf(form, numberOf(call, 'rows'))
  // One more than asked for tells whether there are more.
  const found = await project.quarantine.rows(asset, { rowsMax: rowsMax + 1 })
  const rows = found.slice(0, rowsMax)
  const answer = {
    columns: columnNames.map(name => ({ name, type: 'VARCHAR', nullable: false })),
    rows: rows.map(row => columnNames.map(name => row[name])),
    truncated: found.length > rowsMax,
  }
  tellRows(answer, call.out, form)
  return 0
}

async function replay(call: Call, project: Project): Promise<number> {
  const asset = await named(call, project)
  head(project, call.out)
  const report = await project.quarantine.replay(asset)
  if (call.out.isJson) call.out.json(reportJson(report))
  return tellRun(call, project, report)
}

async function discard(call: Call, project: Project): Promise<number> {
  const { out, words } = call
  const asset = await named(call, project)
  const ids = words.slice(2)
  const discarded = await project.quarantine.discard(asset, ...(ids.length > 0 ? [ids] : []))
  if (out.isJson) out.json({ asset, discarded })
  else
    out.say(
      `  ${counted(discarded, 'row')} of ${asset} discarded; they stay in the quarantine table, marked so`,
    )
  return 0
}

async function named({ words }: Call, project: Project): Promise<string> {
  return assetOf(await project.manifest(), words[1] ?? '').name
}
