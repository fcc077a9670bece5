import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Callable, callable, raise, str } from '../../jinja/index.ts'
import type { Json } from '../../model/index.ts'
import { quoteName, quoteText } from '../../sql/index.ts'
import { isCancelled } from '../adapter/session.ts'
import { ResponseValue } from '../context/results.ts'
import type { Connection } from '../face.ts'
import { pythonDriver } from './python-driver.ts'
import { relationOf } from './references.ts'
import type { Scene } from './scene.ts'

/** Runs a program of Python; rejects with what it says of an error. `script` and `job` are files. */
export type RunPython = (script: string, job: string) => Promise<void>

/**
 * `submit_python_job(model, code)`: the model's code in a process of its own. What it reads is handed over
 * in Parquet files and stands there under the same names; the table that it makes comes back the same way.
 */
export function pythonFunction(scene: Scene): Callable {
  return callable('submit_python_job', 'parsed_model, compiled_code', async ([, code]) => {
    const { world } = scene
    const python = world.python
    if (!python) return raise('DbtRuntimeError', 'There is no Python to run this model with.')
    const folder = mkdtempSync(join(tmpdir(), 'sluice-dbt-python-'))
    const signal = new AbortController().signal
    const connection = await world.adapter.connect('python', signal)
    try {
      const job = await handedOver(scene, { code: str(code), folder, connection })
      await python(job.script, job.file)
      await takenBack(scene, folder)
      return new ResponseValue({ message: 'OK' })
    } finally {
      connection.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
}

type Handing = { readonly code: string; readonly folder: string; readonly connection: Connection }

const keptTypes = [
  'BOOLEAN',
  'U?(?:TINY|SMALL|BIG)?INT(?:EGER)?',
  'FLOAT',
  'DOUBLE',
  'DECIMAL\\([^()]*\\)',
  'VARCHAR',
  'DATE',
  'TIMESTAMP(?:_NS| WITH TIME ZONE)?',
  'UUID',
  'BLOB',
]
/** Types that Parquet keeps as they are; values of others travel as texts. */
const kept = new RegExp(`^(?:${keptTypes.join('|')})(?:\\[\\])*$`)

type Column = { readonly name: string; readonly type: string }

async function handedOver(scene: Scene, { code, folder, connection }: Handing) {
  const { world, node } = scene
  const { database, schema } = node
  const names = [...new Set([...namesIn(code), ownName(scene)])]
  const relations: Json[] = []
  for (const [index, name] of names.entries()) {
    const parts = partsOf(name)
    const columns = parts && (await columnsOf(connection, name))
    if (!parts || !columns) continue
    const file = join(folder, `in-${index}.parquet`)
    const list = columns.map(packed).join(', ')
    await connection.execute(`copy (select ${list} from ${name}) to ${quoteText(file)} (format parquet)`, {
      fetch: false,
    })
    relations.push({ parts, file, columns: columns.map(unpacked).join(', ') })
  }
  const [script, module, file] = ['driver.py', 'model.py', 'job.json'].map(each => join(folder, each))
  writeFileSync(script ?? '', pythonDriver)
  writeFileSync(module ?? '', code)
  const kept_types = kept.source
  const place = [database ?? world.profile.database, schema]
  writeFileSync(file ?? '', JSON.stringify({ relations, module, place, folder, kept_types }))
  return { script: script ?? '', file: file ?? '' }
}

/**
 * The relations that `dbt.ref` and `dbt.source` give, as they stand in the code that was put behind the
 * model's own.
 */
function namesIn(code: string): readonly string[] {
  return [...code.matchAll(/^ {4}relations = (\{.*\})$/gm)].flatMap(([, json = '{}']) =>
    Object.values(JSON.parse(json) as { readonly [key: string]: string }),
  )
}

function ownName({ world, node }: Scene): string {
  const { database, schema, identifier } = relationOf(node, world.root.quoting)
  return [database, schema, identifier].flatMap(part => (part === null ? [] : [quoteName(part)])).join('.')
}

/** `"shop"."main"."orders"` in its parts; undefined: it is no name, and Python reads it by itself. */
function partsOf(name: string): string[] | undefined {
  const part = '(?:"(?:[^"]|"")*"|\\w+)'
  if (!new RegExp(`^${part}(?:\\.${part}){0,2}$`).test(name)) return undefined
  return [...name.matchAll(/"((?:[^"]|"")*)"|(\w+)/g)].map(([, quoted, bare = '']) =>
    quoted === undefined ? bare : quoted.replaceAll('""', '"'),
  )
}

/** undefined: there is no such relation yet. */
async function columnsOf(connection: Connection, name: string): Promise<readonly Column[] | undefined> {
  try {
    const { table } = await connection.execute(`describe ${name}`, { fetch: true })
    return table?.rows.map(([column = '', type = '']) => ({ name: str(column), type: str(type) }))
  } catch (thrown) {
    if (isCancelled(thrown)) throw thrown
    // Of a model that was never built there is nothing to hand over.
    return undefined
  }
}

function packed({ name, type }: Column): string {
  const quoted = quoteName(name)
  return kept.test(type) ? quoted : `cast(${quoted} as varchar) as ${quoted}`
}

function unpacked({ name, type }: Column): string {
  const quoted = quoteName(name)
  return kept.test(type) ? quoted : `cast(${quoted} as ${type}) as ${quoted}`
}

type Made = { readonly table: readonly string[]; readonly file: string; readonly columns: readonly Column[] }

async function takenBack({ session }: Scene, folder: string): Promise<void> {
  const made = JSON.parse(readFileSync(join(folder, 'made.json'), 'utf8')) as Made
  const name = made.table.map(quoteName).join('.')
  const rows = `select ${made.columns.map(unpacked).join(', ')} from read_parquet(${quoteText(made.file)})`
  await session.execute(`create table ${name} as ${rows}`, { autoBegin: true, fetch: false })
}
