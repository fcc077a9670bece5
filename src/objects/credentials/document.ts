import { failure } from '../../errors/index.ts'
import type { Document } from './ask.ts'
import type { Credentials } from './credentials.ts'

/**
 * Credentials as containers and instances give them (Amazon ECS developer guide, "Task IAM role"; EC2 user
 * guide, "Retrieve security credentials"). Nothing of the document goes into words.
 */
export function readCredentials({ status, text }: Document, source: string): Credentials {
  if (status !== 200) throw failure('SLUICE_CREDENTIALS_REFUSED', { source, words: `it answered ${status}` })
  const fields = parse(text)
  const { AccessKeyId: id, SecretAccessKey: secret, Token: token, Expiration: expires } = fields
  if (typeof id !== 'string' || typeof secret !== 'string')
    throw failure('SLUICE_CREDENTIALS_REFUSED', { source, words: 'its answer holds none' })
  return credentials({ id, secret, token, expiresMs: Date.parse(String(expires)) })
}

/** Those of fields that may be missing. */
export function credentials(fields: {
  readonly id: string
  readonly secret: string
  readonly token?: unknown
  readonly expiresMs?: number
}): Credentials {
  const { id, secret, token, expiresMs = Number.NaN } = fields
  return {
    accessKeyId: id,
    secretAccessKey: secret,
    ...(typeof token === 'string' && token !== '' ? { sessionToken: token } : {}),
    ...(Number.isNaN(expiresMs) ? {} : { expiresMs }),
  }
}

/** A JSON object; what is none holds nothing. */
export function parse(text: string): { readonly [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch (thrown) {
    // Its message would repeat a piece of the text, and that may be a secret.
    if (thrown instanceof SyntaxError) return {}
    throw thrown
  }
}
