import type { HttpAuth, HttpRequest, Secret } from '../../connect/index.ts'
import { failure } from '../../errors/index.ts'
import type { World } from './ports.ts'

/** A URL for messages: no user, no password, names of query parameters without their values. */
export function redacted(url: URL | string): string {
  const it = new URL(url)
  const names = [...new Set(it.searchParams.keys())].map(name => `${name}=…`)
  return `${it.origin}${it.pathname}${names.length > 0 ? `?${names.join('&')}` : ''}`
}

export function readUrl(text: string, from?: URL): URL {
  // Not the parser's own error: it repeats the URL, and with it whatever secret it holds.
  if (!URL.canParse(text, from?.href)) throw failure('SLUICE_HTTP_URL', { words: 'it does not parse' })
  const url = new URL(text, from)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw failure('SLUICE_HTTP_URL', { words: `\`${url.protocol}\` is not HTTP` })
  }
  return url
}

/** The URL with its query parameters, secrets revealed. */
export function addressOf(url: URL, query: HttpRequest['query'], world: World): URL {
  const address = new URL(url)
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue
    address.searchParams.set(name, isSecret(value) ? world.reveal(value) : String(value))
  }
  return address
}

/**
 * The same without what a position in the ledger must not hold: user and password, parameters that the
 * request fills with secrets, and any that repeats the value of a secret (servers echo keys into their next
 * links).
 */
export function withoutSecrets(url: URL, request: HttpRequest, world: World): string {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  const hidden = new Set(secretsOf(request).map(world.reveal))
  const isHidden = ([name, value]: readonly [string, string]) =>
    hidden.has(value) || isSecret(request.query?.[name])
  const parameters = [...bare.searchParams]
  // Written anew only where something is left out: another spelling could break a signature.
  if (parameters.some(isHidden)) {
    bare.search = new URLSearchParams(parameters.filter(it => !isHidden(it))).toString()
  }
  return bare.href
}

/**
 * `open` headers may go anywhere; `own` ones only to the origin that was named: any of them may prove who
 * we are.
 */
export type Sent = { readonly open: readonly Header[]; readonly own: readonly Header[] }
type Header = readonly [name: string, value: string]

export function headersOf(url: URL, request: HttpRequest, world: World): Sent {
  const given = Object.entries(request.headers ?? {}).map(([name, value]) =>
    checked(name, isSecret(value) ? world.reveal(value) : value),
  )
  const auth = request.auth ?? userOf(url)
  const isOpen = ([name]: Header) => /^(accept|accept-encoding|accept-language|user-agent)$/i.test(name)
  return {
    open: given.filter(isOpen),
    own: [...given.filter(header => !isOpen(header)), ...(auth ? [authHeader(auth, world)] : [])],
  }
}

/** User and password of a URL; undefined: it has none. */
export function userOf(url: URL): HttpAuth | undefined {
  if (url.username === '' && url.password === '') return undefined
  return { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
}

function authHeader(auth: HttpAuth, world: World): Header {
  const open = (value: string | Secret) => (isSecret(value) ? world.reveal(value) : value)
  if ('bearer' in auth) return checked('authorization', `Bearer ${open(auth.bearer)}`)
  if ('header' in auth) return checked(auth.header, open(auth.value))
  const pair = Buffer.from(`${auth.user}:${open(auth.password)}`, 'utf8')
  return checked('authorization', `Basic ${pair.toString('base64')}`)
}

/**
 * Refused here, because the error of `Headers` repeats the value. RFC 9110 section 5.5; Latin-1 is what
 * fetch sends.
 */
function checked(name: string, value: string): Header {
  if (!/^[\t -~\u0080-\u00ff]*$/.test(value)) throw failure('SLUICE_HTTP_HEADER', { header: name })
  return [name, value]
}

function secretsOf({ query = {}, headers = {}, auth }: HttpRequest): Secret[] {
  return [...Object.values(query), ...Object.values(headers), ...Object.values(auth ?? {})].filter(isSecret)
}

export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && (value as Partial<Secret>).kind === 'secret'
}
