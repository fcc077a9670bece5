import type { OpenOptions, Project } from '../door/index.ts'

/** The outside as the command line sees it: two streams, an environment, a clock. Tests bring their own. */
export type World = {
  readonly open: (options: OpenOptions) => Promise<Project>
  /** Answers: rows, JSON, SQL. */
  readonly stdout: Stream
  /** Words for people. */
  readonly stderr: Stream
  /** All of standard input; undefined: a person sits there and nothing was piped in. */
  readonly stdin: () => Promise<string | undefined>
  readonly env: { readonly [name: string]: string | undefined }
  readonly cwd: string
  readonly nowMs: () => number
  /** Calls the listener on every SIGINT and SIGTERM; returns how to stop listening. */
  readonly onInterrupt: (listener: () => void) => () => void
  /** Ends the process at once: the second Ctrl-C. */
  readonly exit: (code: number) => void
}

export type Stream = {
  readonly isTty: boolean
  /** Characters in a line; undefined: no terminal. */
  readonly columns: () => number | undefined
  readonly write: (text: string) => void
  /** Resolves when all that was written has left the process; throws when it could not (a closed pipe is no error). */
  readonly flushed: () => Promise<void>
}
