import { createHash } from 'node:crypto'
import { failure } from '../errors/index.ts'
import { type Driver, number, type Transaction, text } from './driver.ts'
import { ddl, type Migration, migrations, migrationTable } from './schema.ts'

type Place = { readonly path: string; readonly nowMs: () => number }

/**
 * Bring the schema up to date, in one transaction: either all of it or nothing. Another process may be doing
 * the same.
 */
export async function migrate(driver: Driver, place: Place, known = migrations): Promise<void> {
  await driver.transaction(async tx => {
    await tx.exec(migrationTable(driver.dialect))
    const applied = await tx.all('select number, name, checksum from migration order by number', [])
    verify(
      applied.map(row => ({ number: number(row, 'number'), checksum: text(row, 'checksum') })),
      known,
      place,
    )
    for (const migration of known.slice(applied.length)) await apply(tx, { driver, migration, place })
  })
}

/** true: every known migration has been applied. Refuses a ledger that a newer or another build made. */
export async function isCurrent(driver: Driver, place: Place, known = migrations): Promise<boolean> {
  const tables = await driver.all(`select 1 from sqlite_master where name = 'migration'`)
  if (tables.length === 0) return false
  const applied = await driver.all('select number, checksum from migration order by number')
  verify(
    applied.map(row => ({ number: number(row, 'number'), checksum: text(row, 'checksum') })),
    known,
    place,
  )
  return applied.length === known.length
}

type Applying = { readonly driver: Driver; readonly migration: Migration; readonly place: Place }

async function apply(tx: Transaction, { driver, migration, place }: Applying): Promise<void> {
  await tx.exec(ddl(migration, driver.dialect))
  const values = [migration.number, migration.name, checksum(migration), place.nowMs()]
  await tx.run('insert into migration (number, name, checksum, applied_ms) values (?, ?, ?, ?)', values)
}

type Applied = { readonly number: number; readonly checksum: string }

function verify(applied: readonly Applied[], known: readonly Migration[], { path }: Place): void {
  const newest = applied.at(-1)?.number ?? 0
  if (newest > known.length)
    throw failure('SLUICE_LEDGER_NEWER', { path, found: newest, known: known.length })
  const changed = applied.find((row, index) => {
    const migration = known[index]
    return migration === undefined || row.number !== migration.number || row.checksum !== checksum(migration)
  })
  if (changed) throw failure('SLUICE_LEDGER_MIGRATION_CHANGED', { path, number: changed.number })
}

/** Of the template, so that both databases agree on it. */
function checksum(migration: Migration): string {
  return createHash('sha256').update(migration.template).digest('hex')
}
