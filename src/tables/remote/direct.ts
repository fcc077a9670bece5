import { randomUUID } from 'node:crypto'
import type { Engine, Session, Supplier } from '../../engine/index.ts'
import { type Failure, failure } from '../../errors/index.ts'
import type { Credentials, DirectSite, ObjectStore } from '../../objects/index.ts'
import { quoteName, quoteText } from '../../sql/index.ts'

/** Objects that the engine reads by itself, through DuckDB's httpfs. */
export type DirectReads = {
  /** What the engine calls the object; undefined: it has to be fetched for it. */
  url(store: ObjectStore, key: string): Promise<string | undefined>
  close(): void
}

/**
 * Let the engine read what lies below `store` by itself. undefined: it cannot, for want of the extension, or
 * because the store is none that it knows.
 */
export async function openDirect(engine: Engine, store: ObjectStore): Promise<DirectReads | undefined> {
  const { direct } = store
  // DuckDB knows no endpoint inside a folder.
  const isPlain = /^\/?$/.test(direct?.site().endpoint?.pathname ?? '')
  if (!engine.httpfs || direct === undefined || !isPlain) return undefined
  const session = await engine.session({ path: store.describe })
  const secret = keepSecret(session, store, direct)
  const letGo = engine.supply(suppliedBy(secret, store))
  let tried: Promise<boolean> | undefined
  return {
    url: async ({ direct: own }, key) => {
      const url = own?.url(key)
      if (url === undefined || isPattern.test(url)) return undefined
      tried ??= tryRead(session, secret, url)
      return (await tried) ? url : undefined
    },
    close: () => {
      letGo()
      session.close()
    },
  }
}

/** DuckDB lists where it sees one of these, and takes what follows a question mark for options. */
const isPattern = /[*?[\]{}]/

/** Proxies, certificates, kin of S3 that are not alike enough: one request shows whether it works here. */
async function tryRead(session: Session, secret: Secret, url: string): Promise<boolean> {
  try {
    await secret.renew()
    // Its size alone: no byte of it is moved.
    await session.connection.run(`select size from read_blob(${quoteText(url)})`)
    return true
  } catch {
    return false
  }
}

type Secret = {
  /** Let the engine have what is good now. `refused`: what it had was not taken. true: it is another. */
  renew(refused?: 'refused'): Promise<boolean>
}

function keepSecret(
  { connection }: Session,
  store: ObjectStore,
  direct: NonNullable<ObjectStore['direct']>,
): Secret {
  const name = `sluice_${randomUUID()}`
  const scope = direct.url('')
  let known: Credentials | undefined
  let made: string | undefined
  let last: Promise<unknown> = Promise.resolve()
  const renew = async (refused: 'refused' | undefined): Promise<boolean> => {
    const credentials = await direct.credentials(refused && known)
    const sql = secretSql({ name, scope, credentials, site: direct.site() })
    known = credentials
    if (sql === made) return false
    try {
      await connection.run(sql)
    } catch {
      // DuckDB's words may hold a piece of the statement.
      const words = 'DuckDB does not take them for a secret; `httpfs: false` reads without it'
      throw failure('SLUICE_CREDENTIALS_REFUSED', { source: store.describe, words })
    }
    made = sql
    return true
  }
  return {
    renew: refused => {
      const next = last.then(() => renew(refused))
      last = next.catch(() => undefined)
      return next
    },
  }
}

export type SecretParts = {
  readonly name: string
  /** Begin of the addresses that it is for. */
  readonly scope: string
  /** undefined: requests are not signed. */
  readonly credentials: Credentials | undefined
  readonly site: DirectSite
}

/** DuckDB's CREATE SECRET for a place and who asks there. Secret itself: it goes to the engine alone. */
export function secretSql({ name, scope, credentials, site }: SecretParts): string {
  const { region, endpoint, addressing } = site
  const options = [
    'type s3',
    'provider config',
    `scope ${quoteText(scope)}`,
    `region ${quoteText(region)}`,
    ...(credentials
      ? [
          `key_id ${quoteText(credentials.accessKeyId)}`,
          `secret ${quoteText(credentials.secretAccessKey)}`,
          ...(credentials.sessionToken ? [`session_token ${quoteText(credentials.sessionToken)}`] : []),
        ]
      : []),
    ...(endpoint
      ? [`endpoint ${quoteText(endpoint.host)}`, `use_ssl ${endpoint.protocol === 'https:'}`]
      : []),
    `url_style ${quoteText(addressing === 'path' ? 'path' : 'vhost')}`,
  ]
  return `create or replace temporary secret ${quoteName(name)} (${options.join(', ')})`
}

function suppliedBy(secret: Secret, store: ObjectStore): Supplier {
  return {
    bring: async () => {
      await secret.renew()
    },
    bringMore: async (_plan, words, attempt) => {
      const told = failureIn(words, store)
      if (told === undefined) return false
      if (told.code === 'SLUICE_OBJECT_STORE_REFUSED' && attempt === 1 && (await secret.renew('refused')))
        return true
      throw told
    },
  }
}

/** What went wrong between DuckDB and the store, as everywhere else; undefined: something else did. */
export function failureIn(words: string, { describe: store, direct }: ObjectStore): Failure | undefined {
  const key = direct && keyIn(words, direct.url(''))
  if (key === undefined) return undefined
  if (/Could not (connect|establish)|time(d )?out|Connection|SSL/.test(words))
    return failure('SLUICE_OBJECT_STORE_UNREACHABLE', { store, words: 'DuckDB cannot reach it.' })
  const status = Number(/\bHTTP (\d{3})\b/.exec(words)?.[1] ?? 0)
  if (status === 404) return failure('SLUICE_OBJECT_NOT_FOUND', { store, key })
  if (status >= 500 || status === 408 || status === 429)
    return failure('SLUICE_OBJECT_STORE_FAILED', { store, status, code: '' })
  if (status < 300) return undefined
  return failure('SLUICE_OBJECT_STORE_REFUSED', { store, what: `read \`${key}\``, status, code: '' })
}

/** The object that DuckDB speaks of, by `s3:` or as it asked for it; undefined: none of those below `top`. */
function keyIn(words: string, top: string): string | undefined {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(top) ?? []
  const [, scheme, named = ''] = /^(?:HTTP|IO) Error: [^\n]*?'(\w+):\/\/([^'\n]+)'/.exec(words) ?? []
  const location = scheme === 's3' ? named : decoded(named)
  const inPath = location.indexOf(`${bucket}/${prefix}`)
  if (inPath >= 0) return location.slice(inPath + bucket.length + 1 + prefix.length)
  const slash = location.indexOf('/')
  const isVirtual = location.startsWith(`${bucket}.`) && location.startsWith(prefix, slash + 1)
  return isVirtual ? location.slice(slash + 1 + prefix.length) : undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
