import type { Column, Json } from '../model/index.ts'
import type { About } from './about.ts'
import type { Batch } from './batch.ts'
import type { Http } from './http.ts'

/**
 * Where data comes from. A frozen handle: nothing is opened before `read`. `Row` is for the compiler only.
 */
export interface Source<Row = unknown> {
  readonly about: About
  /** For people: `files data/orders-*.csv`. No secrets. */
  readonly describe: string
  /** What it was made from, for the manifest; secrets as handles. */
  readonly options: Json
  /**
   * true: it remembers in its position what it gave, and a read gives only what no committed load has given.
   * Then loads are appended unless somebody says otherwise.
   */
  readonly eachOnce?: boolean
  /**
   * How the source looks now, cheaply and without reading rows (names, sizes, times, ETag). Equal text:
   * nothing changed.
   */
  probe?(context: ReadContext): Promise<string>
  /** Columns as far as they can be told without loading; undefined where they cannot. */
  columns?(context: ReadContext): Promise<readonly Column[] | undefined>
  read(request: ReadRequest, context: ReadContext): AsyncIterable<Batch>
  readonly row?: Row
}

export type ReadRequest = {
  /** The connector's own value from the last committed load, or from the last progress of a killed one. */
  readonly position: Json | undefined
  /**
   * true: `position` is the progress of a killed read of this same load, whose rows up to there are kept:
   * go on behind it. Else it is where the last committed load ended: a source that is walked anew each time
   * (pages of an API) begins anew.
   */
  readonly resumes?: boolean
  /** Largest cursor value loaded so far less the lag, as text; undefined: everything. */
  readonly since: string | undefined
  /**
   * true: the asset's rows are replaced by those of this read: give all there are, whatever was committed
   * before.
   */
  readonly everything?: boolean
}

export type ReadContext = {
  /** Absolute path of the project: relative paths in options start here. */
  readonly root: string
  readonly signal: AbortSignal
  readonly http: Http
  /**
   * Folder for what must lie on disk for the target to read it. It is there until the load is published,
   * then emptied.
   */
  readonly tempDir?: string
  readonly nowMs: () => number
  readonly log: (words: string) => void
}
