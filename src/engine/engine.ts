import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { openSession, type Session, type SessionOptions } from './session.ts'
import type { Supplier } from './supply.ts'

/** One DuckDB in this process. What is open on it ends with it. */
export type Engine = {
  /** Folder for spill and for what is on its way in or out. */
  readonly tempDir: string
  /** It reads `s3://` by DuckDB's extension httpfs. */
  readonly httpfs: boolean
  /** A connection of its own. */
  session(options: Omit<SessionOptions, 'closed' | 'suppliers'>): Promise<Session>
  /** From now on it brings what statements read, until it is let go by what is returned. */
  supply(supplier: Supplier): () => void
  close(): void
}

export type EngineOptions = {
  readonly tempDir: string
  readonly memoryBytesMax: number
  /**
   * Engines of one process that are opened under the same name are one: two instances over one file would
   * break each other's locks (POSIX drops all of a process's locks on a file when any of its handles is
   * closed).
   */
  readonly shared?: string
  /** Load the extension httpfs where whoever uses this machine has installed it; it is never fetched. */
  readonly httpfs?: boolean
}

/** A DuckDB in memory, in UTC, that installs nothing by itself and whose settings nobody can change later. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { tempDir, memoryBytesMax, shared } = options
  const settings = {
    memory_limit: `${Math.floor(memoryBytesMax / 1024)}KiB`,
    temp_directory: join(tempDir, 'duckdb'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // Bytes by the second of a file's last change: holes that are filled within one would be read as zeros.
    enable_external_file_cache: 'false',
  }
  const instance =
    shared === undefined
      ? await DuckDBInstance.create(':memory:', settings)
      : await DuckDBInstance.fromCache(`:memory:${shared}`, settings)
  let httpfs = false
  try {
    httpfs = await settle(instance, options)
  } catch (thrown) {
    // What stays open would be handed out again by the cache.
    instance.closeSync()
    throw thrown
  }
  const open = new Set<Session>()
  const suppliers = new Set<Supplier>()
  let closed = false
  return {
    tempDir,
    httpfs,
    session: async options => {
      const session = await openSession(instance, {
        ...options,
        suppliers,
        closed: () => open.delete(session),
      })
      open.add(session)
      return session
    },
    supply: supplier => {
      suppliers.add(supplier)
      return () => suppliers.delete(supplier)
    },
    close: () => {
      if (closed) return
      closed = true
      // Work that is still under way is forgotten with its connection. DuckDB's instance cache would wait for
      // it for ever, at full speed, when the same file is opened again.
      for (const session of open) session.close()
      instance.closeSync()
    },
  }
}

/** Returns whether httpfs is there. */
async function settle(
  instance: DuckDBInstance,
  { httpfs = false }: Pick<EngineOptions, 'httpfs'>,
): Promise<boolean> {
  const connection = await instance.connect()
  try {
    // Locked already: this process has it open, and shares it.
    const [[locked] = []] = (
      await connection.runAndReadAll("select current_setting('lock_configuration')")
    ).getRows()
    if (locked === true) return false
    const isLoaded = httpfs && (await isLoadable(connection, 'httpfs'))
    await connection.run("set global TimeZone = 'UTC'")
    await connection.run('set lock_configuration = true')
    return isLoaded
  } finally {
    connection.closeSync()
  }
}

/** false: it is not installed here, or for another version of DuckDB. */
async function isLoadable(connection: DuckDBConnection, extension: string): Promise<boolean> {
  try {
    await connection.run(`load ${extension}`)
    return true
  } catch {
    return false
  }
}

/** Act on a session of its own, which is closed whatever comes. */
export async function withSession<T>(
  opening: Promise<Session>,
  act: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await opening
  try {
    return await act(session)
  } finally {
    session.close()
  }
}
