import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failure } from '../../errors/index.ts'
import { onDisk, unless } from '../local/disk.ts'
import { type World, ask } from './ask.ts'
import type { Credentials } from './credentials.ts'
import { credentials, parse } from './document.ts'

/** What a profile says of a sign-in. */
export type SignIn = {
  readonly profile: string
  /** Name of the `sso-session`; older profiles have none. */
  readonly session: string | undefined
  readonly startUrl: string
  readonly region: string
  readonly accountId: string
  readonly role: string
}

const source = 'AWS IAM Identity Center'

/**
 * With the token that `aws sso login` left in its cache; it is used, not renewed. IAM Identity Center portal
 * API reference, "GetRoleCredentials"; SDKs and tools reference guide, "IAM Identity Center".
 */
export async function fromSignIn(signIn: SignIn, awsFolder: string, world: World): Promise<Credentials> {
  const token = await tokenOf(signIn, awsFolder)
  const host = world.env['AWS_ENDPOINT_URL_SSO'] || `https://portal.sso.${signIn.region}.amazonaws.com`
  const url = new URL('/federation/credentials', host)
  url.searchParams.set('role_name', signIn.role)
  url.searchParams.set('account_id', signIn.accountId)
  const headers = { 'x-amz-sso_bearer_token': token }
  const { status, text } = await ask({ source, url, headers }, world.signal)
  if (status === 401) throw over(signIn)
  const found = parse(JSON.stringify(parse(text)['roleCredentials'] ?? {}))
  const { accessKeyId: id, secretAccessKey: secret, sessionToken: token_, expiration } = found
  if (status !== 200 || typeof id !== 'string' || typeof secret !== 'string')
    throw failure('SLUICE_CREDENTIALS_REFUSED', { source, words: `it answered ${status}` })
  return credentials({ id, secret, token: token_, expiresMs: Number(expiration) })
}

async function tokenOf(signIn: SignIn, awsFolder: string): Promise<string> {
  const name = createHash('sha1')
    .update(signIn.session ?? signIn.startUrl)
    .digest('hex')
  const path = join(awsFolder, 'sso', 'cache', `${name}.json`)
  const text = await onDisk(path, () => unless(['ENOENT'], () => readFile(path, 'utf8')))
  const { accessToken, expiresAt } = parse(text ?? '')
  if (typeof accessToken !== 'string' || !(Date.parse(String(expiresAt)) > Date.now())) throw over(signIn)
  return accessToken
}

function over({ profile }: SignIn): Error {
  const words = `nobody is signed in: \`aws sso login --profile ${profile}\``
  return failure('SLUICE_CREDENTIALS_REFUSED', { source, words })
}
