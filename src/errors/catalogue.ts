import { cli } from './catalogue/cli.ts'
import { compile } from './catalogue/compile.ts'
import { contract } from './catalogue/contract.ts'
import { dbt } from './catalogue/dbt.ts'
import { declare } from './catalogue/declare.ts'
import { deltaCare } from './catalogue/delta-care.ts'
import { deltaSchema } from './catalogue/delta-schema.ts'
import { delta } from './catalogue/delta.ts'
import { environment } from './catalogue/environment.ts'
import { files } from './catalogue/files.ts'
import { http } from './catalogue/http.ts'
import { jinja } from './catalogue/jinja.ts'
import { lake } from './catalogue/lake.ts'
import { ledger } from './catalogue/ledger.ts'
import { objects } from './catalogue/objects.ts'
import { parquet } from './catalogue/parquet.ts'
import { plan } from './catalogue/plan.ts'
import { project } from './catalogue/project.ts'
import { run } from './catalogue/run.ts'
import { sql } from './catalogue/sql.ts'
import { step } from './catalogue/step.ts'
import { target } from './catalogue/target.ts'
import type { Entry as EntryOf } from './entry.ts'

/**
 * Every failure the product can have, by its permanent name. One file per topic; names are never changed or
 * reused.
 */
export const catalogue = {
  ...cli,
  ...compile,
  ...contract,
  ...dbt,
  ...declare,
  ...deltaCare,
  ...deltaSchema,
  ...delta,
  ...environment,
  ...files,
  ...http,
  ...jinja,
  ...lake,
  ...ledger,
  ...objects,
  ...parquet,
  ...plan,
  ...project,
  ...run,

  ...sql,
  ...step,
  ...target,
}

export type Code = keyof typeof catalogue
export type Entry<P> = EntryOf<P>
/** What must be told to make this failure. */
export type Params<C extends Code> = (typeof catalogue)[C] extends EntryOf<infer P> ? P : never
