import type { Http, Sink, Source } from '../connect/index.ts'
import type { Facts, PartitionRange } from '../model/index.ts'
import { assetMark, isMarked } from './brand.ts'
import type { Ref } from './ref.ts'
import type { Walk } from './rows.ts'
import type { Sql } from './sql.ts'

type Mark<Row> = {
  readonly [assetMark]: true
  readonly facts: Facts
  /** For the compiler only: the type of its rows. Never there at run time. */
  readonly row?: Row
}

export type AuthoredIngest<Row = unknown> = Mark<Row> & {
  readonly kind: 'ingest'
  readonly source: Source<Row>
}

export type AuthoredSql<Row = unknown> = Mark<Row> & { readonly kind: 'sql'; readonly query: Sql<Row> }

export type AuthoredRows<Row = unknown> = Mark<Row> & {
  readonly kind: 'rows'
  readonly inputs: Inputs
  readonly rows: RowsFunction<Row>
}

export type AuthoredExport = Mark<unknown> & {
  readonly kind: 'export'
  readonly sink: Sink
  readonly query: Sql
}

export type AuthoredSource<Row = unknown> = Mark<Row> & { readonly kind: 'source' }

/**
 * What the functions of this room return: frozen data with the facts, and the functions and handles that no
 * manifest can hold. It has no name: the room `project` gives names, by the path of the file whose default
 * export it is.
 */
export type Authored<Row = unknown> =
  | AuthoredIngest<Row>
  | AuthoredSql<Row>
  | AuthoredRows<Row>
  | AuthoredExport
  | AuthoredSource<Row>

/** An asset that others may read: all but exports. */
export type Readable<Row = unknown> = Exclude<Authored<Row>, AuthoredExport> | Ref<Row>

/** Assets that rows are made from, by the name that the function knows them by. */
export type Inputs = { readonly [as: string]: Readable }

/** The rows of an asset. */
export type RowOf<Asset> = Asset extends { readonly row?: infer Row } ? Exclude<Row, undefined> : unknown

export type RowsOf<Given extends Inputs> = { readonly [As in keyof Given]: AsyncIterable<RowOf<Given[As]>> }

/** Makes rows from rows. As `run` calls it: types of rows are the compiler's affair. */
export type RowsFunction<Row = unknown> = (
  inputs: { readonly [as: string]: AsyncIterable<never> },
  context: RowsContext,
) => Walk<Row | readonly Row[]>

/** What a function that makes rows is given besides its inputs. */
export type RowsContext = {
  readonly signal: AbortSignal
  readonly http: Http
  /** The partitions this step makes; its inputs hold theirs. undefined: the asset has none. */
  readonly partitions: PartitionRange | undefined
  readonly log: (words: string) => void
}

/** Was this made by `ingest`, `asset`, `exportTo` or `source`, of this copy of the package or another? */
export function isAuthored(value: unknown): value is Authored {
  return isMarked(value, assetMark)
}
