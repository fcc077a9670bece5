import { Dict } from '../../jinja/index.ts'
import type { Profile } from '../face.ts'
import { valueOf } from './json.ts'

/** Fields of a profile that no query needs. */
const secretNames = /password|token|secret|private_key|passphrase/i

/** `target`: the chosen output of the profile. What looks like a secret is not among it. */
export function targetValue({
  profileName,
  targetName,
  threads,
  type,
  database,
  schema,
  credentials,
}: Profile): Dict {
  const shown = Object.entries(credentials).filter(([name]) => !secretNames.test(name))
  return Dict.of([
    ...shown.map(([name, value]) => [name, valueOf(value)] as const),
    ['type', type],
    ['threads', threads],
    ['database', database],
    ['schema', schema],
    ['name', targetName],
    ['target_name', targetName],
    ['profile_name', profileName],
  ])
}
