import type { Environment } from '../context/builtins.ts'
import type { Languages } from '../language.ts'
import { requiredPackages } from '../project/packages.ts'
import { renderTree } from '../project/render.ts'
import { isObject, type YamlObject } from '../yaml.ts'
import { fileRenderer, secretEnvVar, withSecrets } from './renderers.ts'

/** One entry of packages.yml or dependencies.yml: as it stands there, and with its templates filled in. */
export type WantedPackage = { readonly written: YamlObject; readonly rendered: YamlObject }

export type WantedPackagesOptions = {
  readonly env: Environment
  readonly vars: YamlObject
  readonly languages: Languages
}

/** What a project asks for. */
export function wantedPackages(root: string, options: WantedPackagesOptions): readonly WantedPackage[] {
  return renderedPackages(requiredPackages(root).filter(isObject), options)
}

/** Entries with their templates filled in; secrets of the environment may be named in them. */
export function renderedPackages(
  entries: readonly YamlObject[],
  { env, vars, languages }: WantedPackagesOptions,
): readonly WantedPackage[] {
  const plain = fileRenderer({
    language: languages.yaml,
    cli: vars,
    path: 'packages.yml',
    base: [['env_var', () => secretEnvVar(env)]],
  })
  const render = withSecrets(plain, env)
  return entries.map(written => ({ written, rendered: renderTree(written, render) as YamlObject }))
}
