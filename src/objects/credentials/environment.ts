import type { Surroundings } from '../open.ts'
import type { CredentialSource } from './credentials.ts'
import { credentials } from './document.ts'

export function fromEnvironment(env: Surroundings['env']): CredentialSource {
  return {
    name: 'AWS_ACCESS_KEY_ID',
    load: async () => {
      const id = env['AWS_ACCESS_KEY_ID']
      const secret = env['AWS_SECRET_ACCESS_KEY']
      if (!id || !secret) return undefined
      return credentials({ id, secret, token: env['AWS_SESSION_TOKEN'] })
    },
  }
}
