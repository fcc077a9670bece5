import type { World } from './ask.ts'
import { fromContainer } from './container.ts'
import type { CredentialSource } from './credentials.ts'
import { fromEnvironment } from './environment.ts'
import { fromInstance } from './instance.ts'
import { type Profiles, fromProfile } from './profile.ts'
import { fromWebIdentity } from './sts.ts'

/**
 * Where credentials may be, in the order in which the SDKs of AWS look (SDKs and tools reference guide,
 * "Standardized credential providers"). A profile that the options name is the only place.
 */
export function credentialSources(profiles: Profiles, world: World): readonly CredentialSource[] {
  const profile = fromProfile(profiles, world)
  if (profiles.isChosen) return [profile]
  const { env } = world
  return [fromEnvironment(env), fromWebIdentity(world), profile, fromContainer(world), fromInstance(world)]
}
