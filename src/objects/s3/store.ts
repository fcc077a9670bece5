import { complete } from '../complete.ts'
import type { World } from '../credentials/ask.ts'
import { credentialSources } from '../credentials/chain.ts'
import type { Credentials } from '../credentials/credentials.ts'
import { type KeptCredentials, keep } from '../credentials/kept.ts'
import { type Profiles, readProfiles } from '../credentials/profile.ts'
import type { OpenObjects, Surroundings } from '../open.ts'
import { patience as patienceOf } from '../retry.ts'
import { persistent } from '../retrying.ts'
import type { ObjectStore } from '../store.ts'
import { readAddress } from './address.ts'
import type { S3Options } from './options.ts'
import { probed } from './probe.ts'
import { s3Requests } from './requests.ts'
import { openSender } from './send.ts'
import { upload } from './upload.ts'

/** The objects below `s3://bucket/prefix`: of AWS, or of any server that speaks its protocol. */
export async function s3Store(url: string, options: OpenObjects & Surroundings): Promise<ObjectStore> {
  const { env, s3 = {}, signal = new AbortController().signal } = options
  const profiles = await readProfiles(options, s3.profile)
  const address = readAddress(url, s3, { settings: profiles.settings, env })
  const patience = patienceOf(signal)
  const credentials = credentialsOf(s3, profiles, { ...options, region: address.region, signal })
  const sender = openSender(address, { credentials, signal })
  const asked = s3Requests(address, sender)
  const safe = address.endpoint ? probed(asked, { address, send: sender.send }) : asked
  const requests = persistent(safe, patience)
  const ports = { address, send: sender.send, requests, patience }
  return {
    ...complete(requests),
    upload: (key, path) => upload(ports, key, path),
    direct: {
      url: key => `s3://${address.bucket}/${address.prefix}${key}`,
      site: () => ({ region: sender.region(), endpoint: address.endpoint, addressing: address.addressing }),
      credentials: async refused => {
        if (refused) credentials?.drop(refused)
        return credentials?.current()
      },
    },
  }
}

/** undefined: requests are not signed. */
function credentialsOf(s3: S3Options, profiles: Profiles, world: World): KeptCredentials | undefined {
  const given = s3.credentials
  if (given === 'anonymous') return undefined
  if (given === undefined) return keep(credentialSources(profiles, world), Date.now)
  const load = async (): Promise<Credentials> => (typeof given === 'function' ? given() : given)
  return keep([{ name: 'the options of the store', load }], Date.now)
}
