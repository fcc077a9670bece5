import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { asFailure, Failure, Failures, render } from '../../errors/index.ts'
import type { Out } from './out.ts'

/** A failure as JSON: no stack, no cause; what the catalogue says and where. */
export type FailureJson = {
  readonly code: string
  readonly title: string
  readonly why: string | null
  readonly fix: string
  readonly at: Failure['at'] | null
  /** What belongs to it elsewhere, each with its place. */
  readonly notes?: Failure['notes']
}

export function failureJson({ code, title, why, fix, at, notes }: Failure): FailureJson {
  const said = notes.length > 0 ? { notes } : {}
  return { code, title, why: why || null, fix, at: at ?? null, ...said }
}

/** What was thrown, in words on standard error and, if JSON was asked for, as last lines of the answer. */
export function tell(thrown: unknown, out: Out, options: { readonly from: string }): number {
  const failures = failuresIn(thrown)
  out.status(undefined)
  out.warn(words(failures, out, options))
  if (out.isJson) for (const failure of failures) out.json({ error: failureJson(failure) })
  return exitOf(failures)
}

/** Failures with the lines they point at. `from`: the project's root, or a folder inside the project. */
export function words(failures: readonly Failure[], out: Out, options: { readonly from: string }): string {
  const told = failures.length === 1 && failures[0] ? failures[0] : new Failures(failures)
  return render(told, {
    palette: out.palette,
    textOf: file => textOf(file, options.from),
    stacks: out.isVerbose,
  })
}

/** A wrong project or command outweighs a world that is away, and that outweighs a failed asset. */
export function exitOf(failures: readonly Failure[]): 1 | 2 | 3 {
  const exits = failures.map(({ exit }) => exit)
  if (exits.includes(2)) return 2
  return exits.includes(3) ? 3 : 1
}

function failuresIn(thrown: unknown): readonly Failure[] {
  if (thrown instanceof Failures) return thrown.all
  return [thrown instanceof Failure ? thrown : asFailure(thrown, 'doing what you asked')]
}

/** Files are named from the project's root, which lies at or above the folder where the person stands. */
function textOf(file: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const text = textAt(resolve(folder, file))
    if (text !== undefined || folder === dirname(folder)) return text
  }
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    // No such file here, a folder, or not ours to read: one level up is tried, or the lines are left out.
    const code = (thrown as NodeJS.ErrnoException).code ?? ''
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'ENAMETOOLONG'].includes(code)) return undefined
    throw thrown
  }
}
