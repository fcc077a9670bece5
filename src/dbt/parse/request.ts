import type { Value } from '../../jinja/index.ts'
import type { Environment } from '../context/builtins.ts'
import type { Flags, Manifest, Problem, Profile } from '../face.ts'
import type { Languages } from '../language.ts'
import type { Project } from '../project/project.ts'
import type { YamlObject } from '../yaml.ts'
import type { World } from './context.ts'
import type { MacroIndex } from './macro-index.ts'
import type { Packages } from './packages.ts'

export type ParseRequest = {
  /** The project's folder, absolute; the folder that the command runs in; the user's own. */
  readonly root: string
  readonly folder: string
  readonly home: string
  readonly profilesDir?: string | undefined
  readonly profile?: string | undefined
  readonly target?: string | undefined
  readonly threads?: number | undefined
  /** `--vars` */
  readonly vars: YamlObject
  readonly env: Environment
  readonly flags: Flags
  /** The built-in packages, the database's own first. */
  readonly builtinFolders: readonly string[]
  readonly languages: Languages
  readonly nowMs: number
  readonly invocationId: string
  /** What templates see of the run. */
  readonly values: {
    readonly flags: Value
    readonly modules: Value
    readonly runStartedAt: Value
    readonly invocationArguments: Value
  }
  readonly say: World['say']
  /** Where one parse leaves to the next what it found; undefined: it does not. */
  readonly memoryPath?: string | undefined
}

export type Parsed = {
  readonly manifest: Manifest
  readonly problems: readonly Problem[]
  readonly project: Project
  readonly packages: Packages
  readonly profile: Profile
  readonly macros: MacroIndex
  /** Variables of the environment that the project asked for, with what they were. */
  readonly env: ReadonlyMap<string, string | undefined>
}
