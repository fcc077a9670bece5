import type { Stream, World } from './world.ts'

/** A world of two sheets of paper, for tests: what was written on each can be read. */
export type Paper = { readonly world: World; readonly stdout: () => string; readonly stderr: () => string }

export function paperWorld(wishes: Partial<World> & { readonly isTty?: boolean } = {}): Paper {
  const { isTty = false, ...given } = wishes
  const out: string[] = []
  const err: string[] = []
  const world: World = {
    open: async options => (await import('../door/index.ts')).openProject(options),
    stdout: sheet(out, isTty),
    stderr: sheet(err, isTty),
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

function sheet(lines: string[], isTty: boolean): Stream {
  return {
    isTty,
    columns: () => (isTty ? 80 : undefined),
    write: text => void lines.push(text),
    flushed: async () => undefined,
  }
}
