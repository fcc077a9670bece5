import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'

/** What tests install for themselves, by name and version, so that a second run finds it. */
const home = fileURLToPath(new URL('../../node_modules/.cache/sluice-tests', import.meta.url))

/** Longest time that an installation may take. */
const installMsMax = 15 * 60_000

/**
 * A Python of its own with these packages of PyPI; installed at the first call, by the machine's `python3`.
 * @param packages exact versions: `['deltalake==1.6.6', 'pyarrow==26.0.1']`.
 * @returns the path of its interpreter.
 */
export function pythonWith(packages: readonly string[]): string {
  const folder = installed('python', packages, making => {
    must('python3', ['-m', 'venv', making])
    must(join(making, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...packages])
  })
  return join(folder, 'bin', 'python')
}

/**
 * Jars of Maven Central, each named in full: what they need is not followed.
 * @param artifacts `['io.delta:delta-spark_2.13:4.0.0', 'io.delta:delta-storage:4.0.0']`.
 * @returns the folder that holds them.
 */
export function jarsOf(artifacts: readonly string[]): string {
  return installed('jars', artifacts, making => {
    for (const artifact of artifacts)
      must('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${making}`])
  })
}

/**
 * Packages of npm that one test wants and the repository does not.
 * @returns the folder whose `node_modules` holds them.
 */
export function packagesOf(packages: readonly string[]): string {
  return installed('npm', packages, making =>
    must('npm', ['install', '--prefix', making, '--no-save', '--no-audit', '--no-fund', ...packages]),
  )
}

/**
 * Why something cannot be had here: a registry that is out of reach, a program that the machine lacks.
 * undefined:
 * the failure is a fault of the machine or of a test, and no reason to pass over tests.
 */
export function unableBecause(thrown: unknown): string | undefined {
  const words = thrown instanceof Error ? thrown.message : String(thrown)
  const lacking =
    /ENOENT|connection|resol|timed out|Could not find a version|No module named (venv|ensurepip)/i
  return lacking.test(words) ? words.slice(0, 400) : undefined
}

/** A folder that counts only when it is whole: what was cut off is made again, by one process at a time. */
function installed(kind: string, names: readonly string[], make: (making: string) => void): string {
  const key = createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 12)
  const folder = join(home, `${kind}-${key}`)
  const whole = join(folder, 'whole')
  if (existsSync(whole)) return folder
  mkdirSync(home, { recursive: true })
  alone(`${folder}.lock`, () => {
    if (existsSync(whole)) return
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    make(folder)
    writeFileSync(whole, names.join('\n'))
  })
  return folder
}

/** SQLite's lock on a file: it waits, and is let go by the system when its process dies. */
function alone(path: string, act: () => void): void {
  const lock = new DatabaseSync(path, { timeout: 2 * installMsMax })
  try {
    lock.exec('begin exclusive')
    act()
  } finally {
    lock.close()
  }
}

function must(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { encoding: 'utf8', timeout: installMsMax })
  if (done.status === 0) return
  const words = done.error?.message ?? `${done.stderr}${done.stdout}`.slice(-2_000)
  throw new TypeError(`${command} ${args.join(' ')}\n${words}`)
}
