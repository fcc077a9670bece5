import { readFile } from 'node:fs/promises'
import { failure } from '../../errors/index.ts'
import { onDisk } from '../local/disk.ts'
import { encode, sign } from '../sign.ts'
import { textOf } from '../xml.ts'
import { type Document, type World, ask } from './ask.ts'
import type { CredentialSource, Credentials } from './credentials.ts'
import { credentials } from './document.ts'

/** Which role, and as whom. */
export type Role = {
  readonly arn: string
  readonly session?: string | undefined
  readonly externalId?: string | undefined
}

const apiVersion = '2011-06-15'
const sessionDefault = 'sluice'
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }

/**
 * Kubernetes and other places that put a token into a file: it is read each time, for it is renewed there.
 */
export function fromWebIdentity(world: World): CredentialSource {
  return {
    name: 'AWS_WEB_IDENTITY_TOKEN_FILE',
    load: async () => {
      const path = world.env['AWS_WEB_IDENTITY_TOKEN_FILE']
      const arn = world.env['AWS_ROLE_ARN']
      if (!path || !arn) return undefined
      return assumeWithToken({ arn, session: world.env['AWS_ROLE_SESSION_NAME'] }, path, world)
    },
  }
}

/** AWS STS API reference, "AssumeRoleWithWebIdentity": not signed, the token proves who asks. */
export async function assumeWithToken(role: Role, path: string, world: World): Promise<Credentials> {
  const token = (await onDisk(path, () => readFile(path, 'utf8'))).trim()
  const body = bodyOf('AssumeRoleWithWebIdentity', role, { WebIdentityToken: token })
  const url = urlOf(world)
  return readAssumed(await ask({ source, method: 'POST', url, headers: form, body }, world.signal))
}

/** AWS STS API reference, "AssumeRole": signed with the credentials of who may take the role. */
export async function assume(role: Role, base: Credentials, world: World): Promise<Credentials> {
  const body = bodyOf('AssumeRole', role, {})
  const url = urlOf(world)
  const unsigned = {
    method: 'POST',
    host: url.host,
    path: '/',
    query: {},
    headers: form,
    body: Buffer.from(body),
  }
  const scope = { region: world.region, service: 'sts', nowMs: Date.now() } as const
  const headers = sign(unsigned, base, scope)
  return readAssumed(await ask({ source, method: 'POST', url, headers, body }, world.signal))
}

const source = 'AWS STS'

function urlOf({ env, region }: World): URL {
  const suffix = region.startsWith('cn-') ? '.cn' : ''
  return new URL(env['AWS_ENDPOINT_URL_STS'] || `https://sts.${region}.amazonaws.com${suffix}`)
}

function bodyOf(action: string, role: Role, more: { readonly [name: string]: string }): string {
  const fields = {
    Action: action,
    Version: apiVersion,
    RoleArn: role.arn,
    RoleSessionName: role.session || sessionDefault,
    ...(role.externalId ? { ExternalId: role.externalId } : {}),
    ...more,
  }
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${encode(value)}`)
    .join('&')
}

/** Of an error only its code: its sentence may repeat what was sent. */
function readAssumed({ status, text }: Document): Credentials {
  const id = textOf(text, 'AccessKeyId')
  const secret = textOf(text, 'SecretAccessKey')
  if (status !== 200 || id === undefined || secret === undefined)
    throw failure('SLUICE_CREDENTIALS_REFUSED', {
      source,
      words: textOf(text, 'Code') ?? `it answered ${status}`,
    })
  const expiresMs = Date.parse(textOf(text, 'Expiration') ?? '')
  return credentials({ id, secret, token: textOf(text, 'SessionToken'), expiresMs })
}
