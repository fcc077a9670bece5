import { readdir } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import type { Store } from '../../../src/connect/index.ts'
import { lake, type LakeOptions } from '../../../src/connectors/lake/index.ts'
import { openLake } from '../../../src/connectors/lake/store.ts'
import { openObjects } from '../../../src/objects/index.ts'

// A process of its own, on another DuckDB than the tests: it does what its argument says, and tells what came
// of it as JSON.

type Proxy = {
  readonly url: string
  /** Who asked for data files: `User-Agent`. */
  readonly asked: string[]
  /** How requests for data files are answered whose headers hold `who`. */
  refuse: { readonly who: string; readonly status: number } | undefined
  stop(): void
}

/** Between the lake and the bucket: moto takes any signature. */
async function startProxy(to: string): Promise<Proxy> {
  const server = createServer((incoming, answer) => {
    const { method, url = '', headers } = incoming
    const isRead = url.endsWith('.parquet') && (method === 'GET' || method === 'HEAD')
    if (isRead) proxy.asked.push(String(headers['user-agent'] ?? ''))
    if (isRead && proxy.refuse && JSON.stringify(headers).includes(proxy.refuse.who)) {
      answer.writeHead(proxy.refuse.status, { 'content-type': 'application/xml' })
      answer.end(method === 'HEAD' ? '' : '<Error><Code>ExpiredToken</Code></Error>')
      return
    }
    const onward = request(`${to}${url}`, { method, headers }, given => {
      answer.writeHead(given.statusCode ?? 500, given.headers)
      given.pipe(answer)
    })
    incoming.pipe(onward)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const proxy: Proxy = {
    url: `http://127.0.0.1:${port}`,
    asked: [],
    refuse: undefined,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return proxy
}

const [scenario = '', moto = '', root = ''] = process.argv.slice(2)
const bucket = `httpfs-${scenario}-${process.pid}`
const proxy = await startProxy(moto)
const { signal } = new AbortController()
const context = {
  root,
  memoryBytesMax: 512 * 1024 ** 2,
  mode: 'write' as const,
  tempDir: join(root, bucket, 'temp'),
  cacheDir: join(root, bucket, 'cache'),
  signal,
}
const place = `s3://${bucket}/la ke+1`
const open = (options: Partial<LakeOptions> = {}) =>
  lake(place, { endpoint: proxy.url, ...options }).open(context)

async function cached(): Promise<number> {
  const files = await readdir(context.cacheDir, { recursive: true }).catch(() => [])
  return files.filter(file => file.endsWith('object.parquet')).length
}

let effects = 0
async function publish(store: Store, sql: string, strategy: 'append' | 'merge' = 'append') {
  const work = await store.begin({ asset: 'shop.orders', effect: `e${effects++}`, keyed: false, signal })
  const request = { columns: [], cursor: undefined, partition: undefined, atMs: 0, deleteMissing: false }
  await work.write({
    ...request,
    table: 'shop.orders',
    strategy,
    sql,
    key: strategy === 'merge' ? ['id'] : [],
  })
  const counts = { in: 0, out: 0, refused: 0, deduplicated: 0 }
  await work.publish({ asset: 'shop.orders', run: 'run', atMs: 0, counts, record: null })
}

/** The rows as text, or what went wrong, with all that its words hold. */
async function rows(store: Store, sql: string): Promise<readonly string[] | { code: string; words: string }> {
  try {
    return (await store.query(sql)).rows.map(row => row.join(' '))
  } catch (thrown) {
    const { code, stack } = thrown as { readonly code: string; readonly stack: string }
    return { code, words: `${JSON.stringify(thrown)} ${stack}` }
  }
}

const whole = [
  'pivot (select n from shop.orders) on n using count(*)',
  'select max(column_name) from (summarize shop.orders)',
  'select count(*) from (table shop.orders)',
]
const some = 'select i as id, i % 7 as n from range(200000) r(i)'

const scenarios: { readonly [name: string]: () => Promise<object> } = {
  reads: async () => {
    const store = await open()
    await publish(store, some)
    await publish(store, 'select 5 as id, 100 as n union all select 300000, 1', 'merge')
    const sums = 'select count(*), sum(n) from shop.orders'
    const told = {
      now: await rows(store, sums),
      was: await rows(store, `${sums} as of version 0`),
      whole: await Promise.all(whole.map(sql => rows(store, sql))),
      asked: [...new Set(proxy.asked.map(agent => /duckdb/i.test(agent)))],
      cached: await cached(),
    }
    await store.close()
    proxy.asked.length = 0
    const without = await open({ httpfs: false })
    const others = await Promise.all([...whole, sums].map(sql => rows(without, sql)))
    await without.close()
    const asked = [...new Set(proxy.asked.map(agent => /duckdb/i.test(agent)))]
    return { ...told, without: { others, asked, isCached: (await cached()) > 0 } }
  },
  credentials: async () => {
    let key = 'OLDKEY'
    const credentials = async () => ({
      accessKeyId: key,
      secretAccessKey: 'SECRETSECRET',
      sessionToken: `${key}TOKEN`,
    })
    const objects = await openObjects(place, {
      s3: { endpoint: proxy.url, region: 'us-east-1', credentials },
    })
    const store = await openLake(objects, { options: {}, context })
    await publish(store, some)
    const first = await rows(store, 'select count(*) from shop.orders')
    proxy.refuse = { who: 'OLDKEY', status: 403 }
    key = 'NEWKEY'
    const renewed = await rows(store, 'select sum(n) from shop.orders')
    proxy.refuse = { who: 'AWS4', status: 403 }
    const refused = await rows(store, 'select max(n) from shop.orders')
    proxy.refuse = { who: 'AWS4', status: 503 }
    const failed = await rows(store, 'select max(n) from shop.orders')
    proxy.refuse = { who: 'AWS4', status: 404 }
    const gone = await rows(store, 'select max(n) from shop.orders')
    proxy.refuse = undefined
    const secrets = await rows(store, 'select secret_string from duckdb_secrets()')
    const bare = await rows(store, 'select secret_string from duckdb_secrets(redact = false)')
    await store.close()
    return { first, renewed, refused, failed, gone, secrets, bare }
  },
  refused: async () => {
    proxy.refuse = { who: 'duckdb', status: 403 }
    const store = await open()
    await publish(store, some)
    const sums = await rows(store, 'select sum(n) from shop.orders')
    await store.close()
    return { sums, isCached: (await cached()) > 0 }
  },
}

await fetch(`${proxy.url}/${bucket}`, { method: 'PUT' })
const told = await scenarios[scenario]?.()
proxy.stop()
process.stdout.write(JSON.stringify(told))
