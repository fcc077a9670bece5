import type { About, Target } from '../../connect/index.ts'
import { careDeletedFilesMax, careRewrittenBytesMax, careVacuumsMax, effectsKeptDays } from './limits.ts'

/** The lake: every asset an open table that Spark, Trino, DuckDB, Polars and Databricks read. */
export const about: About = {
  name: 'lake',
  summary:
    'A folder or bucket of Delta Lake tables: every write strategy, SQL, history, many writers at once',
  tier: 'local',
  needs: { '@duckdb/node-api': '1.5' },
  can: {
    read: true,
    write: ['append', 'replace', 'merge', 'replace-partition', 'scd2', 'snapshot', 'view'],
    query: 'duckdb',
    transactions: true,
    environments: true,
    unload: true,
  },
  limits: {
    lineBytesMax: 16 * 1024 * 1024,
    careRewrittenBytesMax,
    careDeletedFilesMax,
    careVacuumsMax,
    effectsKeptDays,
  },
  options: {
    path: {
      type: 'string',
      summary: 'Where the tables lie: a folder, relative to the project, or `s3://bucket/prefix`.',
      required: true,
      example: './lake',
    },
    format: {
      type: 'string',
      summary: 'The table format.',
      oneOf: ['delta'],
      default: 'delta',
    },
    changeFeed: {
      type: 'boolean',
      summary: 'New tables keep what was changed row by row, for readers of the change data feed.',
      default: 'false',
    },
    care: {
      type: 'object',
      summary:
        '`false`: runs leave files as they are. Else each run keeps the tables in order that it wrote: ' +
        '`smallFiles`, so many files below 32 MB in one partition are packed into few; `retention`, files ' +
        'that were live within it are not deleted, at least 7 days.',
      default: "{ smallFiles: 50, retention: '7 days' }",
      example: "{ retention: '30 days' }",
    },
    endpoint: {
      type: 'string',
      summary: 'Of an S3 that is not at AWS: MinIO, R2, Ceph.',
      example: 'http://localhost:9000',
    },
    httpfs: {
      type: 'string',
      summary:
        '`auto`: files in a bucket are read by the extension httpfs of DuckDB where this machine has it; ' +
        '`false`: they are fetched into a cache, the parts that are needed.',
      default: 'auto',
    },
    region: { type: 'string', summary: 'Region of the bucket. From the environment or profile unless said.' },
    profile: { type: 'string', summary: 'Profile of `~/.aws` that credentials are taken from.' },
  },
}

export type LakeOptions = {
  /** A folder, relative to the project, or `s3://bucket/prefix`. */
  readonly path: string
  /** The table format; `delta` unless said. */
  readonly format?: 'delta'
  /** New tables keep what was changed row by row, for readers of the change data feed. */
  readonly changeFeed?: boolean
  /** What a run does to keep the tables in order that it wrote; false: nothing. */
  readonly care?: false | CareOptions
  /** Of an S3 that is not at AWS: MinIO, R2, Ceph. */
  readonly endpoint?: string
  /**
   * `'auto'`, the default: files in a bucket are read by DuckDB's extension httpfs where this machine has it;
   * `false`: they are fetched into a cache, the parts that are needed.
   */
  readonly httpfs?: 'auto' | false
  readonly region?: string
  /** Profile of `~/.aws` that credentials are taken from. */
  readonly profile?: string
}

export type CareOptions = {
  /** So many files below 32 MB in one partition are packed into few; 50 unless said. */
  readonly smallFiles?: number
  /** Files that were live within this time are not deleted: `30 days`; a week unless said, and at least. */
  readonly retention?: string
}

/**
 * A target of open tables, one asset each, at `<path>/<schema>/<table>`. Nothing is opened before `open`.
 * @example lake('./lake')
 * @example lake('s3://shop/lake', { region: 'eu-central-1' })
 */
export function lake(path: string | LakeOptions, more: Omit<LakeOptions, 'path'> = {}): Target {
  const options: LakeOptions = Object.freeze({ ...(typeof path === 'string' ? { path } : path), ...more })
  return Object.freeze({
    about,
    describe: `lake ${options.path}`,
    options,
    open: async context => (await import('./store.ts')).openStore(options, context),
  } satisfies Target)
}
