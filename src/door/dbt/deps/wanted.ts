import { isObject, type WantedPackage, valueOf, type Yaml, type YamlObject } from '../../../dbt/index.ts'
import { createHash } from 'node:crypto'
import { failure } from '../../../errors/index.ts'
import { json } from '../../../jinja/index.ts'

/** One package that is asked for, by whom ever. */
export type Wanted =
  | {
      readonly kind: 'hub'
      readonly name: string
      readonly versions: readonly string[]
      readonly prereleases: boolean
    }
  | {
      readonly kind: 'git'
      readonly git: string
      /** As it stands in the file: a secret of the environment is still a template there. */
      readonly written: string
      readonly revision: string | undefined
      readonly subdirectory: string | undefined
      readonly warns: boolean
    }
  /** A folder, relative to that of whoever asks for it. */
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'tarball'; readonly url: string; readonly name: string }

type Asked = Pick<WantedPackage, 'rendered'> & Partial<WantedPackage>

export function wantedOf({ rendered, written = rendered }: Asked): Wanted {
  const text = (key: string) => {
    const value = rendered[key]
    return value === undefined || value === null ? undefined : String(value)
  }
  const [hub, git, local, tarball] = ['package', 'git', 'local', 'tarball'].map(text)
  if (hub !== undefined) return hubOf(hub, rendered)
  if (git !== undefined)
    return {
      kind: 'git',
      git,
      written: String(written.git ?? git),
      revision: text('revision'),
      subdirectory: text('subdirectory'),
      warns: rendered['warn-unpinned'] !== false,
    }
  if (local !== undefined) return { kind: 'local', path: local }
  const name = text('name')
  if (tarball !== undefined && name !== undefined) return { kind: 'tarball', url: tarball, name }
  throw failure('SLUICE_DBT_PACKAGE', {
    name: text('private') ?? json(valueOf(rendered), { sorts: false }),
    words:
      'An entry names a `package` with a `version`, a `git` repository, a `local` folder, ' +
      'or a `tarball` with a `name`.',
  })
}

function hubOf(name: string, { version, install_prerelease: prereleases }: YamlObject): Wanted {
  const versions = (Array.isArray(version) ? version : version === undefined ? [] : [version]).map(plain)
  const words =
    versions.length === 0 ? 'A package of the hub needs a `version`.' : 'It is written `owner/name`.'
  if (versions.length === 0 || !name.includes('/')) throw failure('SLUICE_DBT_PACKAGE', { name, words })
  return {
    kind: 'hub',
    name,
    versions: versions.flatMap(each => each.split(',')),
    prereleases: prereleases === true,
  }
}

function plain(value: Yaml): string {
  return String(value).trim()
}

/** What tells whether package-lock.yml was made for these entries: dbt's own hash, so that both agree. */
export function hashOf(all: readonly WantedPackage[]): string {
  const texts = all.map(({ written, rendered }) => json(valueOf(specOf(written, rendered)), { sorts: true }))
  return createHash('sha1').update(texts.sort().join('\n')).digest('hex')
}

function specOf(written: YamlObject, rendered: YamlObject): YamlObject {
  const spec: YamlObject = { ...rendered, unrendered: written }
  if (isNull(spec.name)) delete spec.name
  if ('package' in spec) spec.install_prerelease = spec.install_prerelease ?? false
  if ('git' in spec) return { subdirectory: null, 'warn-unpinned': null, revision: null, ...spec }
  return spec
}

function isNull(value: Yaml | undefined): boolean {
  return value === undefined || value === null || (isObject(value) && Object.keys(value).length === 0)
}
