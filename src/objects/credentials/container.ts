import { readFile } from 'node:fs/promises'
import { BlockList, isIP } from 'node:net'
import { failure } from '../../errors/index.ts'
import { onDisk } from '../local/disk.ts'
import { type World, ask } from './ask.ts'
import type { CredentialSource } from './credentials.ts'
import { readCredentials } from './document.ts'

/** Where Amazon ECS answers inside a task (developer guide, "Task IAM role"). */
const containerHost = 'http://169.254.170.2'
const source = 'The address of the container'

/** ECS tasks and EKS pods. The token of EKS is renewed in its file, so it is read each time. */
export function fromContainer({ env, signal }: World): CredentialSource {
  return {
    name: 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    load: async () => {
      const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']
      const full = env['AWS_CONTAINER_CREDENTIALS_FULL_URI']
      if (!relative && !full) return undefined
      const url = readUrl(relative ? containerHost + relative : (full ?? ''))
      const tokenPath = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']
      const token = tokenPath
        ? (await onDisk(tokenPath, () => readFile(tokenPath, 'utf8'))).trim()
        : env['AWS_CONTAINER_AUTHORIZATION_TOKEN']
      if (token && /[\r\n]/.test(token)) throw refused('its token holds a line break')
      const headers = { accept: 'application/json', ...(token ? { authorization: token } : {}) }
      return readCredentials(await ask({ source, url, headers }, signal), source)
    },
  }
}

/** The token goes to this machine, to the addresses of ECS and EKS, or over TLS; not to anybody who asks. */
function readUrl(text: string): URL {
  if (!URL.canParse(text)) throw refused('it is no URL')
  const url = new URL(text)
  if (url.protocol !== 'https:' && !isNear(url.hostname.replaceAll(/^\[|\]$/g, '')))
    throw refused('without TLS it must be on this machine')
  return url
}

function isNear(host: string): boolean {
  const near = new BlockList()
  near.addSubnet('127.0.0.0', 8, 'ipv4')
  near.addAddress('::1', 'ipv6')
  // SDKs and tools reference guide, "Container credential provider": ECS, and EKS Pod Identity.
  for (const address of ['169.254.170.2', '169.254.170.23']) near.addAddress(address, 'ipv4')
  near.addAddress('fd00:ec2::23', 'ipv6')
  const family = isIP(host)
  return host === 'localhost' || (family !== 0 && near.check(host, family === 4 ? 'ipv4' : 'ipv6'))
}

function refused(words: string): Error {
  return failure('SLUICE_CREDENTIALS_REFUSED', { source, words })
}
