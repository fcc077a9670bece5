import { text as textOf } from 'node:stream/consumers'
import type { OpenOptions, Project } from '../door/index.ts'
import { failure } from '../errors/index.ts'

/** The outside as the command line sees it: streams, an environment, a clock. Tests bring their own. */
export type World = {
  readonly open: (options: OpenOptions) => Promise<Project>
  /** Answers: rows, JSON, SQL. */
  readonly stdout: Stream
  /** Words for people. */
  readonly stderr: Stream
  /** All of standard input; undefined: a person sits there and nothing was piped in. */
  readonly stdin: () => Promise<string | undefined>
  /** Asks a person; undefined: nobody is there. */
  readonly ask: (question: string) => Promise<string | undefined>
  readonly env: { readonly [name: string]: string | undefined }
  readonly cwd: string
  /** Makes a folder the one that relative paths in SQL are read from: a process has only one. */
  readonly enter?: (folder: string) => void
  /** `24.21.0 on linux x64` */
  readonly platform: string
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
  /** Resolves when all that was written has left; throws when it could not (a closed pipe is no error). */
  readonly flushed: () => Promise<void>
}

/** The process this code runs in. */
export function realWorld(): World {
  return {
    open: async options => (await import('../door/index.ts')).openProject(options),
    stdout: streamOf(process.stdout),
    stderr: streamOf(process.stderr),
    stdin: async () => (process.stdin.isTTY ? undefined : textOf(process.stdin)),
    ask,
    env: process.env,
    cwd: process.cwd(),
    enter: folder => process.chdir(folder),
    platform: `${process.versions.node} on ${process.platform} ${process.arch}`,
    nowMs: () => Date.now(),
    onInterrupt: listener => {
      process.on('SIGINT', listener).on('SIGTERM', listener)
      return () => void process.off('SIGINT', listener).off('SIGTERM', listener)
    },
    exit: code => process.exit(code),
  }
}

async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await lines.question(question)).trim()
  } finally {
    lines.close()
  }
}

/** `sluice sql … | head` closes the pipe early. That is the reader's right: what follows is dropped. */
function streamOf(stream: NodeJS.WriteStream): Stream {
  let broken: NodeJS.ErrnoException | undefined
  stream.on('error', (error: NodeJS.ErrnoException) => {
    broken ??= error
  })
  return {
    isTty: stream.isTTY === true,
    columns: () => stream.columns,
    write: text => {
      if (!broken) stream.write(text)
    },
    flushed: async () => {
      if (!broken) await drained(stream)
      if (broken && broken.code !== 'EPIPE') throw failure('SLUICE_CLI_OUTPUT', { words: broken.message })
    },
  }
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(done => {
    stream.write('', () => done())
  })
}
