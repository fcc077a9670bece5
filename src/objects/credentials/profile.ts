import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failure, near } from '../../errors/index.ts'
import { onDisk, unless } from '../local/disk.ts'
import type { Surroundings } from '../open.ts'
import type { World } from './ask.ts'
import { fromContainer } from './container.ts'
import type { CredentialSource, Credentials } from './credentials.ts'
import { credentials } from './document.ts'
import { fromEnvironment } from './environment.ts'
import { type Section, type Sections, readSections } from './ini.ts'
import { fromInstance } from './instance.ts'
import { fromSignIn } from './sso.ts'
import { assume, assumeWithToken } from './sts.ts'

/** What a profile says of the store itself. */
export type Settings = { readonly region: string | undefined; readonly endpoint: string | undefined }

/** The files of profiles, read: `~/.aws/config` and `~/.aws/credentials`. */
export type Profiles = {
  readonly name: string
  /** Named by the options, so no other source counts. */
  readonly isChosen: boolean
  /** Named by somebody: that it is missing is a mistake. */
  readonly isNamed: boolean
  readonly folder: string
  readonly profiles: Sections
  readonly sessions: Sections
  readonly settings: Settings
}

export async function readProfiles(
  { env, homeDir = env['HOME'] ?? env['USERPROFILE'] ?? '' }: Surroundings,
  chosen: string | undefined,
): Promise<Profiles> {
  const folder = join(homeDir, '.aws')
  const config = await sectionsOf(env['AWS_CONFIG_FILE'] || join(folder, 'config'))
  const keys = await sectionsOf(env['AWS_SHARED_CREDENTIALS_FILE'] || join(folder, 'credentials'))
  const profiles = new Map<string, Section>()
  // SDKs and tools reference guide, "Shared config and credentials files": `[profile x]` there is `[x]` here.
  for (const [title, section] of config) {
    const name = title === 'default' ? title : /^profile\s+(.+)$/.exec(title)?.[1]
    if (name !== undefined) profiles.set(name, section)
  }
  for (const [name, section] of keys) profiles.set(name, { ...profiles.get(name), ...section })
  const sessions = new Map<string, Section>()
  for (const [title, section] of config) {
    const name = /^sso-session\s+(.+)$/.exec(title)?.[1]
    if (name !== undefined) sessions.set(name, section)
  }
  const name = chosen ?? (env['AWS_PROFILE'] || 'default')
  const { region, endpoint_url: endpoint } = profiles.get(name) ?? {}
  return {
    name,
    isChosen: chosen !== undefined,
    isNamed: chosen !== undefined || Boolean(env['AWS_PROFILE']),
    folder,
    profiles,
    sessions,
    settings: { region, endpoint },
  }
}

async function sectionsOf(path: string): Promise<Sections> {
  const text = await onDisk(path, () => unless(['ENOENT', 'ENOTDIR'], () => readFile(path, 'utf8')))
  return readSections(text ?? '')
}

export function fromProfile(profiles: Profiles, world: World): CredentialSource {
  return {
    name: `the profile \`${profiles.name}\``,
    load: async () => {
      if (!profiles.isNamed && !profiles.profiles.has(profiles.name)) return undefined
      return resolve({ profiles, world, path: [] }, profiles.name)
    },
  }
}

type Search = {
  readonly profiles: Profiles
  readonly world: World
  /** Profiles that led here. */
  readonly path: readonly string[]
}

async function resolve(search: Search, name: string): Promise<Credentials | undefined> {
  const { profiles, path } = search
  const section = profiles.profiles.get(name)
  if (!section) {
    const known = near(name, [...profiles.profiles.keys()])
    throw failure('SLUICE_CREDENTIALS_PROFILE', { profile: name, words: 'there is none', near: known })
  }
  if (section['role_arn'] !== undefined && path.at(-1) !== name) return roleOf(search, name, section)
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = section
  if (id !== undefined && secret !== undefined) return credentials({ id, secret, token })
  if (section['sso_account_id'] !== undefined) return signedIn(search, name, section)
  if (section['credential_process'] !== undefined)
    throw unusable(name, 'it names a `credential_process`, and Sluice starts no other programs')
  return undefined
}

async function roleOf(search: Search, name: string, section: Section): Promise<Credentials> {
  const { world, path } = search
  const { source_profile: from, credential_source: where, web_identity_token_file: token } = section
  const arn = section['role_arn'] ?? ''
  const role = { arn, session: section['role_session_name'], externalId: section['external_id'] }
  if (token !== undefined) return assumeWithToken(role, token, world)
  if (path.includes(name)) throw unusable(name, 'its `source_profile` leads back to itself')
  const base =
    from === undefined
      ? await basesOf(world)[where ?? '']?.load()
      : await resolve({ ...search, path: [...path, name] }, from)
  if (!base) throw unusable(name, 'nothing says with whose credentials its role is taken')
  return assume(role, base, world)
}

/** SDKs and tools reference guide, "Assume role credential provider": values of `credential_source`. */
function basesOf(world: World): { readonly [name: string]: CredentialSource } {
  return {
    Environment: fromEnvironment(world.env),
    EcsContainer: fromContainer(world),
    Ec2InstanceMetadata: fromInstance(world),
  }
}

async function signedIn({ profiles, world }: Search, name: string, section: Section): Promise<Credentials> {
  const session = section['sso_session']
  const all = { ...section, ...(session === undefined ? {} : profiles.sessions.get(session)) }
  const { sso_start_url: startUrl, sso_region: region, sso_account_id: accountId, sso_role_name: role } = all
  if (!startUrl || !region || !accountId || !role) throw unusable(name, 'its sign-in is not complete')
  return fromSignIn({ profile: name, session, startUrl, region, accountId, role }, profiles.folder, world)
}

function unusable(profile: string, words: string): Error {
  return failure('SLUICE_CREDENTIALS_PROFILE', { profile, words, near: [] })
}
