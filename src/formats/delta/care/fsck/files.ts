import type { Flaw } from '../../../../connect/index.ts'
import type { Session } from '../../../../engine/index.ts'
import type { DeltaPlace, Snapshot } from '../../face.ts'
import { sizeOf } from '../missing.ts'
import { pagesOf } from '../pages.ts'

export type Looking = {
  readonly place: DeltaPlace
  readonly session: Session
  readonly snapshot: Snapshot
  /** What lies in the folder: `key`, `size_bytes`. */
  readonly listing: string
}

/** Live files that are not there (paths of the log), and what is to be said of those and of odd sizes. */
export async function missingFiles({ place, session, snapshot, listing }: Looking) {
  const missing: string[] = []
  const flaws: Flaw[] = []
  // What the listing does not confirm is asked for by name: it may be hidden, or lie elsewhere.
  const unsure = `select f.path, f.size_bytes from (${snapshot.filesSql}) as f
    where not exists (from ${listing} as l where l.key = url_decode(f.path) and l.size_bytes = f.size_bytes)
    order by f.path`
  for await (const page of pagesOf(session, unsure)) {
    for (const [path, said] of page) {
      const size = await sizeOf(place, path ?? '')
      if (size === undefined) missing.push(path ?? '')
      if (size === undefined) flaws.push(notThere(path ?? ''))
      else if (size !== null && size !== Number(said)) flaws.push(otherSize(path ?? '', Number(said), size))
    }
  }
  return { missing, flaws }
}

const fromBackup = 'Restore the file from a backup, or go back to an older version: `sluice lake restore`.'
const orGiveUp = `${fromBackup} To give its rows up: \`sluice lake fsck --repair\`.`

function notThere(path: string): Flaw {
  return { kind: 'file missing', words: `\`${path}\` is not there.`, fix: orGiveUp }
}

function otherSize(path: string, said: number, size: number): Flaw {
  const words = `\`${path}\` has ${size} bytes; the log says ${said}.`
  return { kind: 'file size', words, fix: fromBackup }
}
