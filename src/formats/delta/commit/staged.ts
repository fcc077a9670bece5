import { randomUUID } from 'node:crypto'
import type { Session } from '../../../engine/index.ts'
import { quoteName } from '../../../sql/index.ts'
import type { Action, AddFile, RemoveFile } from '../actions.ts'
import type { Snapshot } from '../face.ts'
import { addsSql, inlineBytesMax } from '../files.ts'
import { jsonOf, vectorId } from './lines.ts'

/** What a transaction is going to say, made of all that was staged so far: of each file the end result. */
export type Staged = {
  /** What is staged later overrides: no two actions of the result reconcile with each other. */
  add(actions: readonly Action[]): void
  /** In the order in which they go into a commit. */
  actions(): readonly Action[]
  adds(): readonly AddFile[]
  removes(): readonly RemoveFile[]
}

/** `isOwn`: a path that this transaction made; nobody else knows it, so it may vanish without a word. */
export function staging(isOwn: (path: string) => boolean): Staged {
  const adds = new Map<string, AddFile>()
  const removes = new Map<string, RemoveFile>()
  const others = new Map<string, Action>()
  const addFile = (file: AddFile): void => {
    const gone = removes.get(file.path)
    // "A single log entry MUST NOT include" both for one logical file: it was only put aside for a moment.
    if (gone && vectorId(gone) === vectorId(file)) removes.delete(file.path)
    adds.set(file.path, file)
  }
  const removeFile = (file: RemoveFile): void => {
    const wasAdded = adds.delete(file.path)
    // The version of the file that the base has is the one to remove, not one in between.
    if (wasAdded && (isOwn(file.path) || removes.has(file.path))) return
    removes.set(file.path, file)
  }
  return {
    add: actions => {
      // A file that is removed and added comes back changed, in whatever order it is said.
      for (const action of actions) if ('remove' in action) removeFile(action.remove)
      for (const action of actions)
        if ('add' in action) addFile(action.add)
        else if (!('remove' in action)) others.set(keyOf(action), action)
    },
    actions: () => [
      ...others.values(),
      ...[...removes.values()].map(remove => ({ remove })),
      ...[...adds.values()].map(add => ({ add })),
    ],
    adds: () => [...adds.values()],
    removes: () => [...removes.values()],
  }
}

/** Actions of one key override each other ("Action Reconciliation"). */
function keyOf(action: Action): string {
  if ('txn' in action) return `txn ${action.txn.appId}`
  if ('domainMetadata' in action) return `domain ${action.domainMetadata.domain}`
  if ('cdc' in action) return `cdc ${action.cdc.path}`
  return Object.keys(action)[0] ?? ''
}

/** Live files with the staged ones: SQL for any session, and a table of the engine if one was made for it. */
export type StagedFiles = { readonly sql: string; readonly table: string | undefined }

/** `base`: the live files that the transaction stands on, if there are any. */
export async function stagedFiles(
  session: Session,
  staged: Staged,
  base: Pick<Snapshot, 'filesSql'> | undefined,
): Promise<StagedFiles> {
  const [adds, removes] = [staged.adds(), staged.removes()]
  if (base !== undefined && adds.length + removes.length === 0) return stagedOver(base, undefined)
  const added = new Set(adds.map(({ path }) => path))
  const gone = removes.filter(({ path }) => !added.has(path)).map(({ path }) => ({ path }))
  const json = jsonOf([...adds, ...gone])
  const rows = addsSql(json)
  if (json.length <= inlineBytesMax) return stagedOver(base, `(${rows})`)
  const table = `memory._delta.${quoteName(`staged ${randomUUID()}`)}`
  await session.run('create schema if not exists memory._delta')
  await session.run(`create table ${table} as ${rows}`)
  return stagedOver(base, table, table)
}

function stagedOver(
  base: Pick<Snapshot, 'filesSql'> | undefined,
  staged: string | undefined,
  table?: string,
): StagedFiles {
  return {
    table,
    // Put together when it is asked for: who only appends does not.
    get sql() {
      const files = base?.filesSql
      if (staged === undefined) return files ?? ''
      const added = `select * exclude (live, since) from ${staged} where live`
      if (files === undefined) return added
      return `select * from (${files}) as base anti join ${staged} as staged using (path)
        union all by name ${added}`
    },
  }
}
