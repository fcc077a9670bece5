import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Project } from '../door/index.ts'
import { Failure, failure } from '../errors/index.ts'
import { type Command, mentions, readArguments } from './arguments.ts'
import type { Call } from './call.ts'
import { tell } from './print/failures.ts'
import { help, helpOf } from './print/help.ts'
import { type Out, outOf } from './print/out.ts'
import { visible } from './print/table.ts'
import type { VerbSpec } from './verbs.ts'
import { versionOf } from './version.ts'
import { realWorld, type World } from './world.ts'

const interrupted = 130

/**
 * One command from its words to its exit code. Nothing is thrown: what goes wrong is told on standard error.
 * 0 done · 1 an asset or check failed · 2 the project or command is wrong · 3 a system outside could not be
 * reached · 130 interrupted.
 */
export async function main(argv: readonly string[], world: World = realWorld()): Promise<number> {
  const json = mentions(argv, 'json')
  const verbose = mentions(argv, 'verbose')
  const out = outOf(world, { json, noColor: mentions(argv, 'no-color'), verbose })
  const told = { from: world.cwd }
  const code = await obey(argv, world, out).catch((thrown: unknown) => tell(thrown, out, told))
  out.status(undefined)
  try {
    await world.stdout.flushed()
    return code
  } catch (thrown) {
    return tell(thrown, out, told)
  }
}

async function obey(argv: readonly string[], world: World, out: Out): Promise<number> {
  const command = readArguments(argv)
  const { verb, options } = command
  if (options.version) {
    out.answer(`sluice ${versionOf()}`)
    return 0
  }
  if (options.help) {
    out.answer(verb ? helpOf(verb, out.answerPalette) : help(out.answerPalette))
    return 0
  }
  if (verb) return act(verb, command, { world, out })
  out.warn(help(out.palette))
  return 2
}

/** Runs one verb; opens the project when the verb asks for it, and closes it whatever happens. */
async function act(verb: VerbSpec, command: Command, paper: { world: World; out: Out }): Promise<number> {
  const { world, out } = paper
  const cwd = folderOf(command, world)
  const cancel = new AbortController()
  let project: Project | undefined
  const open = async (environment?: string) => {
    const env = environment ?? command.options.env
    project ??= await world.open({
      cwd,
      environment: typeof env === 'string' ? env : undefined,
      signal: cancel.signal,
      onWords: words => out.warn(`  ${visible(words)}`),
    })
    return project
  }
  const call: Call = {
    words: command.words,
    options: command.options,
    cwd,
    out,
    world,
    signal: cancel.signal,
    open,
  }
  let told: string | undefined
  const release = world.onInterrupt(() => interrupt(verb, cancel, paper))
  try {
    const code = await (await verb.load())(call)
    return cancel.signal.aborted ? interrupted : code
  } catch (thrown) {
    // An abort on its way out says nothing that Ctrl-C did not; anything else is told.
    const isAbort = thrown instanceof Error && thrown.name === 'AbortError'
    if (cancel.signal.aborted && isAbort) return interrupted
    if (thrown instanceof Failure) told = thrown.code
    const code = tell(thrown, out, { from: project?.root ?? cwd })
    return cancel.signal.aborted ? interrupted : code
  } finally {
    release()
    await project?.close().catch(again => {
      // What stopped the verb stops the closing too (a full disk): it was told.
      if (!(again instanceof Failure && again.code === told)) throw again
    })
  }
}

/** First Ctrl-C: what is half-written is taken back. Second, or a verb that only reads: the end, at once. */
function interrupt(
  verb: VerbSpec,
  cancel: AbortController,
  { world, out }: { world: World; out: Out },
): void {
  if (cancel.signal.aborted || !verb.writes) {
    out.status(undefined)
    world.exit(interrupted)
    return
  }
  out.warn('  cancelling: running steps stop and nothing is left half-written; Ctrl-C again ends at once')
  cancel.abort()
}

function folderOf({ options }: Command, world: World): string {
  const { project } = options
  if (typeof project !== 'string') return world.cwd
  const folder = resolve(world.cwd, project)
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw failure('SLUICE_CLI_FOLDER_NOT_FOUND', { folder: project })
  return folder
}
