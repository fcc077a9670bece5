import { Failure, failure } from '../../errors/index.ts'
import { limits } from '../limits.ts'
import { type World, ask } from './ask.ts'
import type { CredentialSource } from './credentials.ts'
import { readCredentials } from './document.ts'

/** EC2 user guide, "Use the Instance Metadata Service": version 2 only, where a token is asked for first. */
const instanceHost = 'http://169.254.169.254'
const source = 'The metadata of the instance'
const rolesPath = '/latest/meta-data/iam/security-credentials/'
const tokenSeconds = '21600'

export function fromInstance({ env, signal }: World): CredentialSource {
  return {
    name: 'the metadata of the instance',
    load: async () => {
      if (env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') return undefined
      const host = new URL(env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] || instanceHost)
      const limit = { source, silenceMsMax: limits.instanceMsMax }
      const token = await tokenOf(host, limit, signal)
      if (token === undefined) return undefined
      const get = (path: string) =>
        ask(
          {
            ...limit,
            url: new URL(path, host),
            headers: { 'x-aws-ec2-metadata-token': token },
            attemptsMax: limits.instanceAttemptsMax,
          },
          signal,
        )
      const roles = await get(rolesPath)
      const role = roles.status === 200 ? roles.text.split('\n')[0]?.trim() : ''
      // An instance without a role.
      if (!role) return undefined
      return readCredentials(await get(rolesPath + encodeURIComponent(role)), source)
    },
  }
}

type Limit = { readonly source: string; readonly silenceMsMax: number }

/** undefined: nobody answers there; this is no instance. */
async function tokenOf(host: URL, limit: Limit, signal: AbortSignal): Promise<string | undefined> {
  try {
    const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': tokenSeconds }
    const url = new URL('/latest/api/token', host)
    const { status, text } = await ask({ ...limit, method: 'PUT', url, headers, attemptsMax: 1 }, signal)
    if (status === 200) return text
    throw failure('SLUICE_CREDENTIALS_REFUSED', { source, words: `it answered ${status}` })
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'SLUICE_CREDENTIALS_UNREACHABLE') return undefined
    throw thrown
  }
}
