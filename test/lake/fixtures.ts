import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Tables that others wrote (`README.md` beside them says who). They are read in place.
export const fixturesFolder = fileURLToPath(new URL('../../../shared/fixtures/lake/', import.meta.url))

/**
 * Number of rows and a number that their values make in any order, as text. The same on every machine and
 * in every version of the engine: MD5 of the row's text.
 */
export function hashSql(sql: string): string {
  return `select count(*), coalesce(sum(md5_number_lower(t::varchar)::hugeint), 0)::varchar
    from (${sql}) as t`
}

/**
 * Folders of tables below some folders of the fixtures; a folder that holds no table at all counts as one.
 */
export async function tableFolders(tops: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const top of tops)
    for (const name of await foldersIn(top)) {
      const tables = await tablesBelow(`${top}/${name}`)
      found.push(...(tables.length > 0 ? tables : [`${top}/${name}`]))
    }
  return found.sort()
}

async function tablesBelow(folder: string): Promise<readonly string[]> {
  const names = await foldersIn(folder)
  if (names.includes('_delta_log')) return [folder]
  const below = await Promise.all(names.map(name => tablesBelow(`${folder}/${name}`)))
  return below.flat()
}

export async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(fixturesFolder, folder), { withFileTypes: true }).catch(
    (thrown: unknown) => {
      throw new TypeError(`The fixture tables are not at ${fixturesFolder}: nothing of them is tested.`, {
        cause: thrown,
      })
    },
  )
  return entries.flatMap(entry => (entry.isDirectory() ? [entry.name] : []))
}
