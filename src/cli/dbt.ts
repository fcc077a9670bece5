import { type Dbt, type DbtCommand, openDbt } from '../door/index.ts'
import type { Call } from './call.ts'
import { readDbtArguments } from './dbt/arguments.ts'
import type { Act } from './dbt/act.ts'
import { dbtHelp } from './print/dbt-help.ts'
import { type Voice, voiceOf } from './print/dbt-voice.ts'
import { type Out, outOf } from './print/out.ts'
import { versionOf } from './version.ts'

/** `sluice dbt`: the commands of dbt, by its own command line. */
export async function dbt(call: Call): Promise<number> {
  const line = readDbtArguments(call.words)
  const { command } = line
  const { answerPalette } = call.out
  if (line.version) {
    call.out.answer(`sluice ${versionOf()}`)
    return 0
  }
  if (line.help) {
    call.out.answer(dbtHelp(command, answerPalette))
    return 0
  }
  if (command === undefined) {
    call.out.warn(dbtHelp(undefined, call.out.palette))
    return 2
  }
  // What flags say may also stand in the environment or in the project, which is known once it is open.
  const heard: { by?: Voice } = {}
  const project = await openDbt({
    cwd: call.cwd,
    command,
    words: line.words,
    flags: line.flags,
    env: call.world.env,
    nowMs: call.world.nowMs,
    signal: call.signal,
    onEvent: event => heard.by?.onEvent(event),
  })
  const out = paperFor(call, project)
  const voice = voiceOf(out, { isQuiet: project.settings.isOn('quiet'), isStream: acts[command] === built })
  heard.by = voice
  // As dbt does: `read_csv('data/orders.csv')` in a model means a file of the project.
  call.world.enter?.(project.root)
  try {
    return await (await acts[command]())({ project, out, voice, command })
  } finally {
    await project.close()
  }
}

/** `--log-format json` is dbt's way to ask for what `--json` asks for. */
function paperFor({ out, world }: Call, { settings }: Dbt): Out {
  const isAsked = settings.text('log-format') === 'json'
  return isAsked && !out.isJson ? outOf(world, { json: true, noColor: true }) : out
}

const built = async () => (await import('./dbt/build.ts')).build

const acts: { readonly [command in DbtCommand]: () => Promise<Act> } = {
  build: built,
  run: built,
  test: built,
  seed: built,
  snapshot: built,
  clone: built,
  retry: built,
  parse: async () => (await import('./dbt/parse.ts')).parse,
  compile: async () => (await import('./dbt/compile.ts')).compile,
  list: async () => (await import('./dbt/list.ts')).list,
  show: async () => (await import('./dbt/show.ts')).show,
  'run-operation': async () => (await import('./dbt/run-operation.ts')).runOperation,
  'source freshness': async () => (await import('./dbt/freshness.ts')).freshness,
  'docs generate': async () => (await import('./dbt/docs.ts')).docs,
  deps: async () => (await import('./dbt/deps.ts')).deps,
  doctor: async () => (await import('./dbt/doctor.ts')).doctor,
  debug: async () => (await import('./dbt/debug.ts')).debug,
  clean: async () => (await import('./dbt/clean.ts')).clean,
}
