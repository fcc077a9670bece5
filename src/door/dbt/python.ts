import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Manifest, RunPython, UniqueId } from '../../dbt/index.ts'
import { failure } from '../../errors/index.ts'
import { raise } from '../../jinja/index.ts'
import type { Opened } from './opened.ts'

const run = promisify(execFile)
/** What a model may print at most. */
const outputBytesMax = 50_000_000

/** The interpreter: `SLUICE_PYTHON`, or the `python3` of the path. */
function program({ options }: Opened): string {
  return options.env.SLUICE_PYTHON ?? 'python3'
}

/**
 * Python models among those that are selected need a Python with the package duckdb: that is looked at
 * before anything runs.
 */
export async function checkPython(
  rooms: Opened,
  manifest: Manifest,
  ids: readonly UniqueId[],
): Promise<void> {
  const model = ids.find(id => manifest.nodes.get(id)?.language === 'python')
  if (model === undefined) return
  try {
    await run(program(rooms), ['-c', 'import duckdb'], {
      env: rooms.options.env,
      signal: rooms.options.signal,
    })
  } catch (thrown) {
    throw failure('SLUICE_DBT_PYTHON_MISSING', { model, program: program(rooms), words: lastLine(thrown) })
  }
}

export function pythonOf(rooms: Opened): RunPython {
  const { env, signal } = rooms.options
  return async (script, job) => {
    const options = { env, signal, cwd: rooms.root, maxBuffer: outputBytesMax }
    const { stdout } = await run(program(rooms), [script, job], options).catch((thrown: unknown) => {
      if (signal.aborted) throw thrown
      const { stderr = '' } = thrown as { readonly stderr?: string }
      return raise('DbtRuntimeError', `Python model failed:\n${stderr.trimEnd()}`)
    })
    if (stdout !== '') rooms.voices.say(stdout.trimEnd(), { toScreen: true })
  }
}

function lastLine(thrown: unknown): string {
  const { stderr, code } = thrown as { readonly stderr?: string; readonly code?: unknown }
  if (code === 'ENOENT') return 'There is no such program.'
  return (stderr ?? '').trim().split('\n').at(-1) ?? ''
}
