import { artifactsOf } from './artifacts.ts'
import { built } from './build.ts'
import type { Dbt, DbtOptions } from './face.ts'
import { opened } from './opened.ts'

/** Open a dbt project for one command; nothing is parsed before something is asked of it. */
export function openDbt(options: DbtOptions): Dbt {
  const rooms = opened(options)
  return {
    root: rooms.root,
    settings: rooms.settings,
    get targetDir() {
      return rooms.targetDir()
    },
    parse: async () => {
      const { project, profile, manifest, problems } = rooms.parsed()
      artifactsOf(rooms).manifest()
      const elapsedMs = options.nowMs() - rooms.startedAtMs
      return { name: project.name, profile, manifest, warnings: problems, elapsedMs }
    },
    build: async () =>
      options.command === 'retry' ? (await import('./retry.ts')).retried(rooms) : built(rooms),
    compile: async () => (await import('./compile.ts')).compiled(rooms),
    list: async () => (await import('./list.ts')).listed(rooms),
    show: async ids => (await import('./show.ts')).shown(rooms, ids),
    operate: async () => (await import('./operate.ts')).operated(rooms),
    freshness: async () => (await import('./freshness.ts')).freshness(rooms),
    docs: async () => (await import('./docs.ts')).documented(rooms),
    deps: async () => (await import('./deps/deps.ts')).installed(rooms),
    clean: async () => (await import('./clean.ts')).cleaned(rooms),
    debug: async () => (await import('./debug.ts')).debugged(rooms),
    doctor: async () => (await import('./doctor.ts')).examined(rooms),
    close: () => rooms.close(),
  }
}
