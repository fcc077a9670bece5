import type { Stream, World } from '../../src/cli/index.ts'

/** A world of two sheets of paper, for tests: what was written on each can be read. */
export type Paper = { readonly world: World; readonly stdout: () => string; readonly stderr: () => string }

export type PaperWishes = Partial<World> & {
  readonly isTty?: boolean
  /** Every piece of both sheets, in the order in which it was written. */
  readonly onWrite?: (text: string) => void
}

export function paperWorld(wishes: PaperWishes = {}): Paper {
  const { isTty = false, onWrite = () => undefined, ...given } = wishes
  const out: string[] = []
  const err: string[] = []
  const world: World = {
    open: async options => (await import('../../src/door/index.ts')).openProject(options),
    stdout: sheet(isTty, text => {
      out.push(text)
      onWrite(text)
    }),
    stderr: sheet(isTty, text => {
      err.push(text)
      onWrite(text)
    }),
    stdin: async () => undefined,
    ask: async () => undefined,
    env: {},
    cwd: '/',
    platform: 'test',
    nowMs: () => 0,
    onInterrupt: () => () => undefined,
    exit: () => undefined,
    ...given,
  }
  return { world, stdout: () => out.join(''), stderr: () => err.join('') }
}

function sheet(isTty: boolean, write: (text: string) => void): Stream {
  return {
    isTty,
    columns: () => (isTty ? 80 : undefined),
    write,
    flushed: async () => undefined,
  }
}
