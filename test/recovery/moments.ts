import files, { readdirSync, statSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'

// Moments of a lake's run that a clock hardly ever hits: this process kills itself there, as `kill -9` would.

/** Before or after the n-th object of this kind gets its name (or goes), or while a data file is written. */
export type Moment = { readonly kind: keyof typeof moments; readonly nth: number }

type Watched = {
  readonly call: 'link' | 'rename' | 'unlink' | 'mkdir'
  readonly path: RegExp
  readonly when: 'before' | 'after' | 'writing'
  /** A run comes there once. */
  readonly once?: true
}

const commit = /\/_delta_log\/\d{20}\.json$/
const intent = /\/_sluice\/publishing\/[^/]+\.json$/
const effect = /\/_sluice\/effects\/[^/]+\.json$/

/** In the order in which one step comes to them. */
export const moments = {
  'while a data file is written': {
    call: 'mkdir',
    path: /marts\/wide\/\.sluice-writing\/[^/]+$/,
    when: 'writing',
    once: true,
  },
  'between data files': { call: 'rename', path: /\.parquet$/, when: 'after' },
  'before the intent': { call: 'rename', path: intent, when: 'before' },
  'after the intent': { call: 'rename', path: intent, when: 'after' },
  'before a commit': { call: 'link', path: commit, when: 'before' },
  'after a commit': { call: 'link', path: commit, when: 'after' },
  'between the tables of one step': {
    call: 'link',
    // Rows and refused rows.
    path: /raw(\/|__)orders\/_delta_log\/\d{20}\.json$/,
    when: 'after',
    once: true,
  },
  'before the effect': { call: 'rename', path: effect, when: 'before' },
  'after the effect': { call: 'rename', path: effect, when: 'after' },
  'after the intent is forgotten, before the ledger knows': { call: 'unlink', path: intent, when: 'after' },
} as const satisfies { readonly [kind: string]: Watched }

/** The calls of Node's own modules are wrapped, so that nothing of the product knows of it. */
export function dieAt({ kind, nth }: Moment): void {
  const { call, path, when }: Watched = moments[kind]
  let seen = 0
  const isIt = (args: readonly unknown[]) => {
    // What is named is the last path: `rename(from, to)`, `unlink(path)`.
    const named = String(args[call === 'link' || call === 'rename' ? 1 : 0])
    if (!path.test(named) || ++seen !== nth) return undefined
    if (when === 'before') die()
    return { done: () => (when === 'after' ? die() : dieWriting(named)) }
  }
  const [sync, promised] = [files[`${call}Sync`], files.promises[call]] as readonly Call[]
  Object.assign(files, {
    [`${call}Sync`]: (...args: readonly unknown[]) => {
      const it = isIt(args)
      const done = sync?.(...args)
      it?.done()
      return done
    },
  })
  Object.assign(files.promises, {
    [call]: async (...args: readonly unknown[]) => {
      const it = isIt(args)
      const done = await promised?.(...args)
      it?.done()
      return done
    },
  })
  syncBuiltinESMExports()
}

type Call = (...args: readonly unknown[]) => unknown

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new TypeError('SIGKILL has no way back')
}

/** Dies once there are bytes of a file in the folder. */
function dieWriting(folder: string): void {
  if (readdirSync(folder).some(name => statSync(join(folder, name)).size > 0)) die()
  setImmediate(dieWriting, folder)
}
