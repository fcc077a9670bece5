import { type Failure, type FailureOptions, failure } from '../../errors/index.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { KeptCredentials } from '../credentials/kept.ts'
import { type Address, siteOf } from './address.ts'
import { encodePath, queryOf, sign } from '../sign.ts'
import { type Answer, type Broken, type Wire, openWire } from '../wire.ts'
import { textOf } from '../xml.ts'

export type Call = {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** As it stands in the bucket; undefined: the bucket itself. */
  readonly key?: string
  readonly query?: { readonly [name: string]: string }
  readonly headers?: { readonly [name: string]: string }
  readonly body?: Uint8Array
  /** For people: ``read `a/b` ``. */
  readonly what: string
  /** Statuses that the caller judges, beside those of success. */
  readonly answers?: readonly number[]
  /** Doing it twice is not doing it once: when its answer is lost, its outcome is unknown. */
  readonly isOnce?: boolean
}

/** One signed request, one answer. */
export type Sender = {
  readonly send: (call: Call) => Promise<Answer>
  /** As the store told, once it was asked. */
  readonly region: () => string
  readonly close: () => void
}

type Ports = {
  /** undefined: requests are not signed. */
  readonly credentials: KeptCredentials | undefined
  readonly signal: AbortSignal
}

/** What the store has told about itself. */
type Learned = { region: string; skewMs: number }

/** A store corrects us at most so often for one request: its region, its clock, our credentials. */
const correctionsMax = 3

export function openSender(address: Address, { credentials, signal }: Ports): Sender {
  const wire = openWire()
  const learned: Learned = { region: address.region, skewMs: 0 }
  return {
    send: async call => {
      for (let corrections = 0; ; corrections++) {
        const used = await credentials?.current()
        const answer = await ask(wire, { call, address, learned, used, signal })
        if ('sent' in answer) throw broken(answer, call, address)
        if (isGood(answer, call)) return answer
        const isCorrected = corrections < correctionsMax && correct(answer, learned, { used, credentials })
        if (!isCorrected) throw refused(answer, call, address)
      }
    },
    region: () => learned.region,
    close: wire.close,
  }
}

type Asked = {
  readonly call: Call
  readonly address: Address
  readonly learned: Learned
  readonly used: Credentials | undefined
  readonly signal: AbortSignal
}

async function ask(wire: Wire, { call, address, learned, used, signal }: Asked): Promise<Answer | Broken> {
  const { origin, base } = siteOf(address, learned.region)
  const query = call.query ?? {}
  const bare = {
    method: call.method,
    host: origin.host,
    path: call.key === undefined ? base || '/' : `${base}/${encodePath(call.key)}`,
    query,
    headers: call.headers ?? {},
    body: call.body ?? new Uint8Array(),
  }
  const scope = { region: learned.region, service: 's3', nowMs: Date.now() + learned.skewMs } as const
  const headers = used ? sign(bare, used, scope) : bare.headers
  const asked = queryOf(query)
  const path = asked === '' ? bare.path : `${bare.path}?${asked}`
  return wire.ask({ method: call.method, origin, path, headers, body: bare.body }, signal)
}

function isGood(answer: Answer, { answers = [] }: Call): boolean {
  const { status } = answer
  // A bucket that is not there is no answer about an object.
  const isAnswer = answers.includes(status) && errorOf(answer) !== 'NoSuchBucket'
  return (status >= 200 && status < 300) || isAnswer
}

type Keys = { readonly used: Credentials | undefined; readonly credentials: KeptCredentials | undefined }

/** Whether the answer tells how to ask so that it works. */
function correct(answer: Answer, learned: Learned, { used, credentials }: Keys): boolean {
  const code = errorOf(answer)
  // Amazon S3 API reference, "HeadBucket": also answers that refuse name the region of the bucket.
  const region = answer.headers['x-amz-bucket-region'] ?? regionIn(answer, code)
  if (
    typeof region === 'string' &&
    region !== learned.region &&
    [301, 307, 400, 403].includes(answer.status)
  ) {
    learned.region = region
    return true
  }
  if (code === 'RequestTimeTooSkewed') {
    learned.skewMs = Date.parse(answer.headers.date ?? '') - Date.now() || 0
    return true
  }
  // The answer to HEAD has no body, and so no code.
  const mayBeOld = code === 'ExpiredToken' || code === 'TokenRefreshRequired' || code === ''
  const isTemporary = used?.sessionToken !== undefined && [400, 401, 403].includes(answer.status)
  return mayBeOld && isTemporary && credentials !== undefined && credentials.drop(used)
}

function regionIn({ body }: Answer, code: string): string | undefined {
  return code === 'AuthorizationHeaderMalformed' ? textOf(body.toString(), 'Region') : undefined
}

function errorOf({ body }: Answer): string {
  return textOf(body.toString(), 'Code') ?? ''
}

function broken({ sent, words, cause }: Broken, call: Call, { describe: store }: Address): Failure {
  if (sent && call.isOnce)
    return failure('SLUICE_OBJECT_OUTCOME_UNKNOWN', { store, key: call.key ?? '', words }, { cause })
  return failure('SLUICE_OBJECT_STORE_UNREACHABLE', { store, words }, { cause })
}

/** Amazon S3 API reference, "List of error codes": what passes by itself. */
const passing: ReadonlySet<string> = new Set(
  [
    'ConditionalRequestConflict',
    'OperationAborted',
    'RequestTimeout',
    'RequestTimeTooSkewed',
    'SlowDown',
    'InternalError',
    'ServiceUnavailable',
  ].concat(['Throttling', 'ThrottlingException', 'TooManyRequests', 'BandwidthLimitExceeded']),
)

function refused(answer: Answer, call: Call, { describe: store }: Address): Failure {
  const { status } = answer
  const code = errorOf(answer)
  const header = ['if-none-match', 'if-match'].find(name => call.headers?.[name] !== undefined)
  if (status === 501 && header !== undefined && call.method !== 'GET')
    return failure('SLUICE_OBJECT_CONDITION_UNSUPPORTED', { store, header })
  // A gateway may say so after the store has written.
  if (status >= 500 && status !== 501 && call.isOnce)
    return failure('SLUICE_OBJECT_OUTCOME_UNKNOWN', {
      store,
      key: call.key ?? '',
      words: `The store failed with ${status}${code === '' ? '' : ` (${code})`}.`,
    })
  if ((status >= 500 && status !== 501) || status === 408 || status === 429 || passing.has(code))
    return failure('SLUICE_OBJECT_STORE_FAILED', { store, status, code }, afterOf(answer))
  return failure('SLUICE_OBJECT_STORE_REFUSED', { store, what: call.what, status, code })
}

function afterOf({ headers }: Answer): FailureOptions {
  const seconds = Number(headers['retry-after'])
  return Number.isFinite(seconds) && seconds > 0 ? { afterMs: seconds * 1_000 } : {}
}
