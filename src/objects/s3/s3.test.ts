import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text as textOfStream } from 'node:stream/consumers'
import { writeFile } from 'node:fs/promises'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Moto, startMoto } from '../../../test/servers/moto.ts'
import { Failure } from '../../errors/index.ts'
import { cases, codeOf, inFolder, keysOf } from '../conform.ts'
import { type ObjectStore, type S3Options, openObjects } from '../index.ts'
import { encodePath, queryOf, sign } from '../sign.ts'
import { openWire } from '../wire.ts'
import { readAddress, siteOf } from './address.ts'

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const example = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: secret }

describe('signatures', () => {
  // Amazon S3 API reference, "Authenticating Requests: Using the Authorization Header", its four examples.
  test.each([
    [
      'GET',
      '/test.txt',
      {},
      { range: 'bytes=0-9' },
      '',
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ],
    [
      'PUT',
      '/test%24file.text',
      {},
      { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      'Welcome to Amazon S3.',
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ],
    [
      'GET',
      '/',
      { lifecycle: '' },
      {},
      '',
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    ],
    [
      'GET',
      '/',
      { prefix: 'J', 'max-keys': '2' },
      {},
      '',
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ],
  ])('%s %s %j as AWS publishes it', (...row) => {
    const [method, path, query, headers, body, signature] = row
    const host = 'examplebucket.s3.amazonaws.com'
    const request = {
      method,
      host,
      path,
      query: query as {},
      headers: headers as {},
      body: Buffer.from(body),
    }
    const nowMs = Date.UTC(2013, 4, 24)
    const signed = sign(request, example, { region: 'us-east-1', service: 's3', nowMs })
    expect(signed['authorization']).toMatch(new RegExp(`Signature=${signature}$`))
  })
})

describe('addresses', () => {
  const siteFor = (url: string, s3: S3Options, env = {}) => {
    const address = readAddress(url, s3, { settings: { region: undefined, endpoint: undefined }, env })
    const { origin, base } = siteOf(address, address.region)
    return `${address.describe} ${origin.origin}${base} ${address.prefix}`
  }
  test.each([
    ['s3://shop', {}, 's3://shop https://shop.s3.us-east-1.amazonaws.com '],
    [
      's3a://shop/a/b/',
      { region: 'eu-west-1' },
      's3://shop/a/b https://shop.s3.eu-west-1.amazonaws.com a/b/',
    ],
    ['s3://shop.eu/a', {}, 's3://shop.eu/a https://s3.us-east-1.amazonaws.com/shop.eu a/'],
    ['s3://shop', { region: 'cn-north-1' }, 's3://shop https://shop.s3.cn-north-1.amazonaws.com.cn '],
    ['s3://shop/x', { endpoint: 'http://[::1]:9000/s3/' }, 's3://shop/x http://[::1]:9000/s3/shop x/'],
    [
      's3://shop',
      { endpoint: 'https://r2.example', addressing: 'virtual' },
      's3://shop https://shop.r2.example ',
    ],
  ] as const)('%s %j', (url, s3, site) => {
    expect(siteFor(url, s3)).toBe(site)
  })
  test('from the environment, the one for S3 first', () => {
    const env = { AWS_ENDPOINT_URL: 'https://all.example', AWS_REGION: 'eu-north-1' }
    expect(siteFor('s3://shop', {}, env)).toBe('s3://shop https://all.example/shop ')
    expect(siteFor('s3://shop', {}, { ...env, AWS_ENDPOINT_URL_S3: 'https://s3.example' })).toBe(
      's3://shop https://s3.example/shop ',
    )
  })
  test.each(['s3://', 's3:///x', 's3://a b/c', 'ftp://x/y', '', 'file://host/x'])(
    '%j is refused',
    async url => {
      expect(await codeOf(openObjects(url, { env: {} }))).toBe('SLUICE_OBJECT_STORE_URL')
    },
  )
})

describe('judged by what others wrote', () => {
  let moto: Moto
  let unable = ''
  beforeAll(async () => {
    const started = await startMoto()
    if ('unable' in started) unable = started.unable
    else moto = started
  }, 600_000)
  beforeEach(({ skip }) => skip(unable !== '', unable))
  afterAll(async () => moto?.stop())

  test('botocore signs any request as we do', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter(it => it.isWellFormed())
    const request = fc.record({
      method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
      key: text.filter(it => !/(^|\/)\.{0,2}($|\/)/.test(it)),
      query: fc.dictionary(text, text, { maxKeys: 4 }),
      headers: fc.dictionary(
        fc.stringMatching(/^x-amz-[a-z]{1,9}$/),
        fc.stringMatching(/^[!-~]( {0,3}[!-~]){0,20}$/),
        {
          maxKeys: 3,
        },
      ),
      body: fc.uint8Array({ maxLength: 50 }),
      region: fc.constantFrom('us-east-1', 'eu-central-1', 'auto'),
      secretAccessKey: fc.stringMatching(/^[!-~]{1,40}$/),
      nowMs: fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2099, 0) }),
    })
    const samples = fc.sample(request, { numRuns: 500, seed: 20_240_131 })
    const ours = samples.map(({ key, region, secretAccessKey, nowMs, ...rest }) => {
      const path = `/bucket/${encodePath(key)}`
      const bare = { ...rest, host: '127.0.0.1:9000', path }
      const headers = sign(bare, { accessKeyId: 'id', secretAccessKey }, { region, service: 's3', nowMs })
      const url = `http://127.0.0.1:9000${path}?${queryOf(rest.query)}`
      const body = Buffer.from(rest.body).toString('base64')
      return { method: rest.method, url, headers, body, region, secret: secretAccessKey }
    })
    const theirs = await botocore(moto.python, ours)
    const signature = (headers: { readonly [name: string]: string }) =>
      /Signature=(\w+)$/.exec(headers['authorization'] ?? '')?.[1]
    expect(theirs).toEqual(ours.map(({ headers }) => signature(headers)))
  })

  test('moto that checks signatures lets us do everything, and nobody with another secret', async () => {
    await moto.reset()
    const iam = async (query: string) => {
      const authorization =
        'AWS4-HMAC-SHA256 Credential=x/20240101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=x'
      const answer = await fetch(`${moto.url}/?Version=2010-05-08&${query}`, { headers: { authorization } })
      return answer.text()
    }
    const policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } }
    await iam('Action=CreateUser&UserName=ada')
    await iam(
      `Action=PutUserPolicy&UserName=ada&PolicyName=p&PolicyDocument=${encodeURIComponent(JSON.stringify(policy))}`,
    )
    const made = await iam('Action=CreateAccessKey&UserName=ada')
    const [accessKeyId = '', secretAccessKey = ''] = ['AccessKeyId', 'SecretAccessKey'].map(
      name => new RegExp(`<${name}>(.*)</${name}>`).exec(made)?.[1],
    )
    await fetch(`${moto.url}/shop`, { method: 'PUT' })
    await fetch(`${moto.url}/moto-api/reset-auth`, { method: 'POST', body: '0' })
    try {
      const s3 = { endpoint: moto.url, credentials: { accessKeyId, secretAccessKey } }
      const store = await openObjects('s3://shop/lake', { env: {}, s3 })
      // No lists: moto checks the query as it decoded it, not as it was sent.
      for (const { name, run } of cases.filter(({ name }) => /got|ranges|racers|uploaded/.test(name)))
        await run(store).catch(thrown => expect.fail(`${name}: ${thrown}`))
      await store.close()
      const other = { ...s3, credentials: { accessKeyId, secretAccessKey: 'other' } }
      const stranger = await openObjects('s3://shop/lake', { env: {}, s3: other })
      const refused = await failureOf(stranger.get('a/b.txt'))
      expect(refused.title).toContain('403 (SignatureDoesNotMatch)')
      await stranger.close()
    } finally {
      await fetch(`${moto.url}/moto-api/reset-auth`, { method: 'POST', body: 'inf' })
    }
  })

  test('a bucket that is not there is told as such', async () => {
    const store = await openObjects('s3://nowhere', {
      env: {},
      s3: { endpoint: moto.url, credentials: example },
    })
    expect((await failureOf(store.get('k'))).title).toContain('404 (NoSuchBucket)')
    expect((await failureOf(store.put('k', Buffer.from('x')))).title).toContain('404 (NoSuchBucket)')
    expect((await failureOf(keysOf(store.list('')))).title).toContain('404 (NoSuchBucket)')
    await store.close()
  })
})

/** Signatures as botocore makes them. */
async function botocore(python: string, requests: readonly object[]): Promise<readonly string[]> {
  const program = `
import sys, json, base64
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
for line in sys.stdin:
    it = json.loads(line)
    headers = {k: v for k, v in it['headers'].items() if k not in ('authorization', 'host')}
    request = AWSRequest(method=it['method'], url=it['url'], headers=headers, data=base64.b64decode(it['body']))
    request.context['timestamp'] = it['headers']['x-amz-date']
    auth = S3SigV4Auth(Credentials('id', it['secret']), 's3', it['region'])
    print(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request))
`
  const child = spawn(python, ['-c', program])
  const ended = once(child, 'close')
  const output = textOfStream(child.stdout)
  const errors = textOfStream(child.stderr)
  child.stdin.end(requests.map(request => `${JSON.stringify(request)}\n`).join(''))
  await ended
  expect(await errors).toBe('')
  return (await output).trim().split('\n')
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  throw expect.fail('it did not fail')
}

/** What a server does with one request instead of, or after, answering it as S3 would. */
type Script = (ask: Ask) => 'as usual' | 'done'
type Ask = {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  /** How many requests there were, this one included. */
  readonly count: number
  readonly response: ServerResponse
  /** Do what S3 would, without an answer. */
  readonly keep: () => void
}

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** A server with the objects of one bucket that goes wrong as a script says. */
async function serve(script: Script): Promise<{ url: string; asked: Ask[]; objects: Map<string, Buffer> }> {
  const objects = new Map<string, Buffer>()
  const asked: Ask[] = []
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const path = new URL(request.url ?? '', 'http://x').pathname
    const keep = () => objects.set(path, Buffer.concat(pieces))
    const line = `${request.method} ${request.url}`
    const ask = { line, headers: request.headers, count: asked.length + 1, response, keep }
    asked.push(ask)
    if (script(ask) === 'as usual') usual(request, response, { objects, path, keep })
  })
  const listening = once(server.listen(0, '127.0.0.1'), 'listening')
  await listening
  open.push(async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, objects }
}

function usual(
  request: IncomingMessage,
  response: ServerResponse,
  { objects, path, keep }: { objects: Map<string, Buffer>; path: string; keep: () => void },
): void {
  const standing = objects.get(path)
  const { 'if-none-match': absent, 'if-match': match } = request.headers
  if (request.method === 'PUT') {
    if ((absent === '*' && standing) || match !== undefined) return void response.writeHead(412).end()
    keep()
    return void response.setHeader('etag', '"new"').end()
  }
  if (!standing) return void response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>')
  response.setHeader('etag', `"${standing.length}"`).end(standing)
}

async function storeOf(url: string, s3: S3Options = {}): Promise<ObjectStore> {
  const store = await openObjects('s3://bkt', { env: {}, s3: { endpoint: url, credentials: example, ...s3 } })
  open.push(() => store.close())
  return store
}

const isPut = ({ line }: Ask) => line === 'PUT /bkt/k'
const error = (response: ServerResponse, status: number, code: string) =>
  response.writeHead(status).end(`<Error><Code>${code}</Code><Message>${secret}</Message></Error>`)
const body = Buffer.from('mine')

describe('when the store goes wrong', () => {
  test('the answer to a conditional write is lost after it was done: it is found to be ours', async () => {
    let puts = 0
    const { url, asked } = await serve(ask => {
      if (!isPut(ask) || ++puts > 1) return 'as usual'
      ask.keep()
      ask.response.destroy()
      return 'done'
    })
    const store = await storeOf(url)
    expect(await store.putIfAbsent('k', body)).toBe('created')
    expect(asked.filter(isPut)).toHaveLength(1)
    expect(await store.putIfAbsent('k', Buffer.from('theirs'))).toBe('exists')
  })

  test.each([500, 502, 503, 504])('%i after another one has written: it is theirs', async status => {
    let puts = 0
    const { url, objects } = await serve(ask => {
      if (!isPut(ask) || ++puts > 1) return 'as usual'
      objects.set('/bkt/k', Buffer.from('theirs'))
      error(ask.response, status, '')
      return 'done'
    })
    expect(await (await storeOf(url)).putIfAbsent('k', body)).toBe('exists')
  })

  test('an answer is lost before anything was done: it is written once', async () => {
    let puts = 0
    const { url, asked, objects } = await serve(ask => {
      if (!isPut(ask) || ++puts > 1) return 'as usual'
      error(ask.response, 500, 'InternalError')
      return 'done'
    })
    expect(await (await storeOf(url)).putIfAbsent('k', body)).toBe('created')
    expect(asked.filter(isPut)).toHaveLength(2)
    expect(objects.get('/bkt/k')?.toString()).toBe('mine')
  })

  test('what cannot be settled is said to be unknown', async () => {
    const { url } = await serve(ask => {
      if (ask.line.includes('.sluice-probe')) return 'as usual'
      ask.response.destroy()
      return 'done'
    })
    expect(await codeOf((await storeOf(url)).putIfAbsent('k', body))).toBe('SLUICE_OBJECT_OUTCOME_UNKNOWN')
  })

  test('409 of two writers at once is asked again', async () => {
    let puts = 0
    const { url } = await serve(ask => {
      if (!isPut(ask) || ++puts > 2) return 'as usual'
      error(ask.response, 409, 'ConditionalRequestConflict')
      return 'done'
    })
    expect(await (await storeOf(url)).putIfAbsent('k', body)).toBe('created')
    expect(puts).toBe(3)
  })

  test('a server that passes over conditions is found out before anything is written', async () => {
    const { url, objects } = await serve(ask => {
      ask.keep()
      ask.response.setHeader('etag', '"x"').end()
      return 'done'
    })
    const store = await storeOf(url)
    expect(await codeOf(store.putIfAbsent('k', body))).toBe('SLUICE_OBJECT_CONDITION_UNSUPPORTED')
    expect([...objects.keys()]).toEqual(['/bkt/.sluice-probe'])
    const honest = await serve(({ headers, response }) => {
      if (headers['if-none-match'] === undefined) return 'as usual'
      error(response, 501, 'NotImplemented')
      return 'done'
    })
    expect(await codeOf((await storeOf(honest.url)).putIfAbsent('k', body))).toBe(
      'SLUICE_OBJECT_CONDITION_UNSUPPORTED',
    )
  })

  test('a body that breaks off is read again', async () => {
    const { url } = await serve(({ response, count }) => {
      response.writeHead(200, { 'content-length': 4, etag: '"1"' })
      if (count > 2) response.end('mine')
      else response.write('mi', () => response.destroy())
      return 'done'
    })
    expect(Buffer.from((await (await storeOf(url)).get('k')).bytes).toString()).toBe('mine')
  })

  test('a part shorter than asked for is asked again; a server that knows no parts is cut here', async () => {
    const { url } = await serve(({ headers, response, count }) => {
      const [bytes, total] = count === 1 ? ['mi', '0-1/9'] : ['mine', '0-3/9']
      if (headers.range === 'bytes=0-3')
        response.writeHead(206, { 'content-range': `bytes ${total}` }).end(bytes)
      else response.setHeader('etag', '"9"').end('mine-more')
      return 'done'
    })
    const store = await storeOf(url)
    const got = async (start: number, end: number) =>
      Buffer.from((await store.get('k', { range: { start, end } })).bytes).toString()
    expect([await got(0, 4), await got(1, 3), await got(5, 99)]).toEqual(['mine', 'in', 'more'])
    expect(await codeOf(got(9, 10))).toBe('SLUICE_OBJECT_RANGE')
  })

  test('the store tells its region, its clock and that a token is old, and is asked again so', async () => {
    const told: string[] = []
    let loads = 0
    const { url } = await serve(({ headers, response, count, line }) => {
      told.push(`${line} ${/Credential=(\S+?)\/s3/.exec(String(headers.authorization))?.[1]}`)
      if (count === 1) error(response.setHeader('x-amz-bucket-region', 'eu-west-1'), 301, 'PermanentRedirect')
      else if (count === 2)
        error(response.setHeader('date', 'Thu, 01 Jan 2015 00:00:00 GMT'), 403, 'RequestTimeTooSkewed')
      else if (count === 3) error(response, 400, 'ExpiredToken')
      else response.setHeader('etag', '"1"').end('mine')
      return 'done'
    })
    const credentials = async () => ({ ...example, accessKeyId: `id-${++loads}`, sessionToken: `t-${loads}` })
    await (await storeOf(url, { credentials })).get('k')
    const today = new Date().toISOString().slice(0, 10).replaceAll('-', '')
    expect(told).toEqual([
      `GET /bkt/k id-1/${today}/us-east-1`,
      `GET /bkt/k id-1/${today}/eu-west-1`,
      'GET /bkt/k id-1/20150101/eu-west-1',
      'GET /bkt/k id-2/20150101/eu-west-1',
    ])
  })

  test('a refusal is told once, by its code, and without anything secret', async () => {
    const { url, asked } = await serve(({ response }) => {
      error(response, 403, 'AccessDenied')
      return 'done'
    })
    const failed = await failureOf((await storeOf(url)).put('k', body))
    expect(failed.title).toBe('s3://bkt refused to write `k`: 403 (AccessDenied).')
    expect(JSON.stringify([failed.title, failed.why, failed.fix, String(failed.cause)])).not.toContain(secret)
    expect(asked).toHaveLength(1)
  })

  test('keys out of order, and a part other than asked for, are no answer', async () => {
    const { url } = await serve(({ line, response }) => {
      const contents = ['b', 'a'].map(key => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join('')
      if (line.startsWith('GET /bkt?')) response.end(`<ListBucketResult>${contents}</ListBucketResult>`)
      else response.writeHead(206, { 'content-range': 'bytes 5-6/9', 'content-length': 2 }).end('xx')
      return 'done'
    })
    const store = await storeOf(url)
    expect(await codeOf(keysOf(store.list('')))).toBe('SLUICE_OBJECT_STORE_ANSWER')
    expect(await codeOf(store.get('k', { range: { start: 0, end: 2 } }))).toBe('SLUICE_OBJECT_STORE_ANSWER')
  })

  test('a list that breaks off goes on behind the last key', async () => {
    const page = (keys: readonly string[], more: string) =>
      `<R>${keys.map(key => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join('')}${more}</R>`
    const { url, asked } = await serve(({ line, response, count }) => {
      if (count === 1)
        response.end(
          page(['a', 'b'], '<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>'),
        )
      else if (count === 2) error(response, 503, 'SlowDown')
      else response.end(page(line.includes('start-after=b') ? ['c'] : ['a', 'b', 'c'], ''))
      return 'done'
    })
    expect(await keysOf((await storeOf(url)).list(''))).toEqual(['a', 'b', 'c'])
    expect(asked).toHaveLength(3)
  })

  test('an upload in parts: a part fails, its end is lost, the end fails with the status of success', async () => {
    const sizeBytes = 9_000_000
    const run = async (end: (response: ServerResponse, ends: number) => void) => {
      let parts = 0
      let ends = 0
      const { url, asked } = await serve(({ line, response }) => {
        if (line.startsWith('POST /bkt/k?uploads')) response.end('<R><UploadId>u</UploadId></R>')
        else if (line.includes('partNumber') && ++parts === 1) error(response, 500, 'InternalError')
        else if (line.includes('partNumber')) response.setHeader('etag', '"p"').end()
        else if (line.startsWith('POST')) end(response, ++ends)
        else if (line.startsWith('HEAD'))
          response.writeHead(200, { 'content-length': sizeBytes, etag: '"e-2"' }).end()
        else response.writeHead(204).end()
        return 'done'
      })
      const store = await storeOf(url)
      return inFolder(async folder => {
        const path = join(folder, 'file')
        await writeFile(path, Buffer.alloc(sizeBytes))
        const result = await store.upload('k', path).catch(thrown => (thrown as Failure).code)
        return [typeof result === 'string' ? result : result.etag, asked.at(-1)?.line]
      })
    }
    const lost = await run((response, ends) =>
      ends === 1 ? void response.destroy() : void error(response, 404, 'NoSuchUpload'),
    )
    expect(lost).toEqual(['"e-2"', 'HEAD /bkt/k'])
    const late = await run(
      (response, ends) =>
        void response.end(
          ends === 1 ? '<Error><Code>InternalError</Code></Error>' : '<R><ETag>&quot;e-2&quot;</ETag></R>',
        ),
    )
    expect(late[0]).toBe('"e-2"')
    const refused = await run(response => void error(response, 403, 'AccessDenied'))
    expect(refused).toEqual(['SLUICE_OBJECT_STORE_REFUSED', 'DELETE /bkt/k?uploadId=u'])
  })

  test('nobody listens; a server that says nothing; a cancel', async () => {
    const nobody = await storeOf('http://127.0.0.1:1')
    expect(await codeOf(nobody.head('k'))).toBe('SLUICE_OBJECT_STORE_UNREACHABLE')
    const silent = await serve(() => 'done')
    const wire = openWire()
    const question = {
      method: 'GET',
      origin: new URL(silent.url),
      path: '/',
      headers: {},
      body,
      silenceMsMax: 30,
    }
    expect(await wire.ask(question, new AbortController().signal)).toMatchObject({
      sent: true,
      words: 'It was silent for 30 ms.',
    })
    wire.close()
    const controller = new AbortController()
    const options = { env: {}, signal: controller.signal, s3: { endpoint: silent.url, credentials: example } }
    const store = await openObjects('s3://bkt', options)
    const asked = store.get('k')
    const reason = new DOMException('enough', 'AbortError')
    setTimeout(() => controller.abort(reason), 20)
    await expect(asked).rejects.toBe(reason)
    await store.close()
  })
})
