import { createHash, createHmac } from 'node:crypto'
import type { Credentials } from './credentials/credentials.ts'

/** A request as it goes over the wire, and as it is signed. */
export type Unsigned = {
  readonly method: string
  /** Host, with the port unless it is the usual one. */
  readonly host: string
  /** Encoded: what is signed is what is sent. */
  readonly path: string
  readonly query: { readonly [name: string]: string }
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array
}

export type Scope = { readonly region: string; readonly service: 's3' | 'sts'; readonly nowMs: number }

const algorithm = 'AWS4-HMAC-SHA256'

/**
 * The headers that sign a request: AWS General Reference, "Create a signed AWS API request", with the rules
 * of Amazon S3 (API reference, "Authenticating Requests: Using the Authorization Header"): the path is
 * encoded once and not normalised, and the hash of the body is a header of its own.
 */
export function sign(request: Unsigned, credentials: Credentials, scope: Scope): Unsigned['headers'] {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const time = timeOf(scope.nowMs)
  const day = time.slice(0, 'YYYYMMDD'.length)
  const headers: Unsigned['headers'] = {
    ...request.headers,
    host: request.host,
    'x-amz-content-sha256': sha256(request.body),
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  }
  const names = Object.keys(headers).toSorted()
  const place = `${day}/${scope.region}/${scope.service}/aws4_request`
  const canonical = canonicalOf({ ...request, headers }, names)
  const text = [algorithm, time, place, sha256(canonical)].join('\n')
  const key = [scope.region, scope.service, 'aws4_request'].reduce<Buffer>(
    hmac,
    hmac(`AWS4${secretAccessKey}`, day),
  )
  const signature = hmac(key, text).toString('hex')
  const authorization =
    `${algorithm} Credential=${accessKeyId}/${place}, ` +
    `SignedHeaders=${names.join(';')}, Signature=${signature}`
  return { ...headers, authorization }
}

function canonicalOf(request: Unsigned, names: readonly string[]): string {
  const lines = names.map(name => `${name}:${(request.headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}\n`)
  return [
    request.method,
    request.path,
    queryOf(request.query),
    lines.join(''),
    names.join(';'),
    request.headers['x-amz-content-sha256'],
  ].join('\n')
}

/** Parameters in the order of their encoded names, as they are signed and sent. */
export function queryOf(query: Unsigned['query']): string {
  return Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join('&')
}

/** RFC 3986: all but unreserved characters. */
export function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** A key as a path: its slashes stay. */
export function encodePath(key: string): string {
  return key.split('/').map(encode).join('/')
}

/** 20130524T000000Z */
function timeOf(nowMs: number): string {
  return new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest()
}
