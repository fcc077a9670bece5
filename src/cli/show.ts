import type { Project } from '../door/index.ts'
import { failure } from '../errors/index.ts'
import type { Asset, Column } from '../model/index.ts'
import { quoteAsset } from '../sql/index.ts'
import { assetOf } from './assets.ts'
import { type Call, given } from './call.ts'
import { formOf, rowsMaxOf, tellRows } from './print/rows.ts'
import { columnsOf } from './print/table.ts'
import { showHistory } from './show-history.ts'
import { numberOf } from './wish.ts'

type Side = (call: Call, project: Project, asset: Asset) => Promise<number>

const sides: { readonly [option: string]: Side } = {
  schema: showSchema,
  contract: showContract,
  history: showHistory,
  sql: showSql,
}

/** `sluice show`: one side of an asset; its rows unless another was asked for. */
export async function show(call: Call): Promise<number> {
  const project = await call.open()
  const asset = assetOf(await project.manifest(), call.words[0] ?? '')
  const asked = Object.keys(sides).find(option => given(call, option))
  const side = asked === undefined ? showRows : (sides[asked] ?? showRows)
  return side(call, project, asset)
}

async function showRows(call: Call, project: Project, { name, kind, at }: Asset): Promise<number> {
  if (kind === 'export') throw failure('SLUICE_CLI_ASSET_OUTSIDE', { asset: name, file: at.file })
  const { assets } = await project.history()
  const isBuilt = kind === 'source' || (assets[name]?.version ?? 0) > 0
  if (!isBuilt) throw failure('SLUICE_CLI_ASSET_NOT_BUILT', { asset: name })
  const form = formOf(call.out, { csv: given(call, 'csv') })
  const rowsMax = rowsMaxOf(form, numberOf(call, 'rows'))
  tellRows(await project.sql(`select * from ${quoteAsset(name)}`, { rowsMax }), call.out, form)
  return 0
}

async function showSchema(call: Call, project: Project, asset: Asset): Promise<number> {
  const columns = asset.columns ?? (await project.history()).assets[asset.name]?.contract?.columns ?? []
  if (call.out.isJson) call.out.json({ asset: asset.name, key: asset.key, columns })
  else if (columns.length === 0) call.out.say('  its columns are known after the first load')
  else tellColumns(columns, asset, call)
  return 0
}

async function showContract(call: Call, project: Project, asset: Asset): Promise<number> {
  const { out } = call
  const contract = (await project.history()).assets[asset.name]?.contract
  if (out.isJson) {
    out.json({ asset: asset.name, policy: asset.contract, contract: contract ?? null })
    return 0
  }
  const { onNewColumn, onTypeChange, onMissing, onNull } = asset.contract
  if (contract === undefined) out.answer('no contract yet: it is inferred on the first load')
  else {
    out.answer([`contract ${contract.version}`, ''])
    tellColumns(contract.columns, asset, call)
  }
  out.answer([
    '',
    ...columnsOf([
      ['new column', onNewColumn],
      ['type change', onTypeChange],
      ['missing column', onMissing],
      ['null where none may be', onNull],
    ]),
  ])
  return 0
}

function tellColumns(columns: readonly Column[], { key }: Asset, { out }: Call): void {
  const heads = [{ name: 'column' }, { name: 'type' }, { name: 'null' }, { name: '' }]
  const rows = columns.map(({ name, type, nullable, doc }) => {
    const words = [key.includes(name) ? 'key' : '', doc ?? ''].filter(part => part !== '').join('. ')
    return [name, type, nullable ? 'yes' : 'no', words]
  })
  out.table(heads, rows)
}

async function showSql({ out }: Call, _: Project, { name, sql, at }: Asset): Promise<number> {
  if (sql === undefined) throw failure('SLUICE_CLI_NO_SQL', { asset: name, file: at.file })
  if (out.isJson) out.json({ asset: name, sql })
  else out.answer(sql)
  return 0
}
