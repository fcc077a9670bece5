import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wantedPackages } from '../../../dbt/index.ts'
import { failure } from '../../../errors/index.ts'
import type { InstalledPackage } from '../face.ts'
import type { Opened } from '../opened.ts'
import { locked, writeLock } from './lock.ts'
import { type Pin, pinned, type Pinning } from './pins.ts'
import { hashOf, type Wanted, wantedOf } from './wanted.ts'

/**
 * Find the versions of all packages that are asked for, write them into package-lock.yml, and install them.
 */
export async function installed(rooms: Opened): Promise<readonly InstalledPackage[]> {
  const { root, settings, options, voices, languages } = rooms
  const rendering = { env: options.env, vars: settings.mapping('vars'), languages }
  const all = wantedPackages(root, rendering)
  const scratch = mkdtempSync(join(tmpdir(), 'sluice-dbt-deps-'))
  const pinning: Pinning = { rooms, scratch, warn: voices.warn, env: options.env, signal: options.signal }
  const hash = hashOf(all)
  try {
    const known = settings.isOn('upgrade') ? undefined : locked(root, hash, rendering)
    const pins = known ? await each(known, pinning) : await resolved(all.map(wantedOf), pinning)
    checkNames(pins, rooms.name())
    if (!known && all.length > 0) writeLock(root, pins, hash)
    const folder = join(root, rooms.packagesPath())
    if (!settings.isOn('lock')) await install(pins, folder)
    return pins.map(({ name, version, entry, newer }) => ({
      name,
      version,
      newer,
      from: String(entry.package ?? entry.git ?? entry.tarball ?? entry.local),
      folder: settings.isOn('lock') ? undefined : join(rooms.packagesPath(), name),
    }))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** What was locked is complete: nothing more is asked of the packages. */
async function each(wanted: readonly Wanted[], pinning: Pinning): Promise<readonly Pin[]> {
  const pins: Pin[] = []
  for (const wish of wanted) pins.push(await pinned([wish], { ...pinning, warn: () => {} }))
  return pins
}

/** Packages, those that they ask for, and so on; what several ask for must suit all of them. */
async function resolved(wanted: readonly Wanted[], pinning: Pinning): Promise<readonly Pin[]> {
  const wishes = new Map<string, Wanted[]>()
  const pins = new Map<string, Pin>()
  const pending = [...wanted]
  for (let wish = pending.shift(); wish !== undefined; wish = pending.shift()) {
    const key = keyOf(wish)
    const known = wishes.get(key) ?? []
    if (known.some(each => JSON.stringify(each) === JSON.stringify(wish))) continue
    wishes.set(key, [...known, wish])
    const pin = await pinned([...known, wish], pinning)
    pins.set(key, pin)
    pending.push(...pin.wants)
  }
  return [...pins.values()]
}

function keyOf(wish: Wanted): string {
  if (wish.kind === 'hub') return `hub ${wish.name}`
  if (wish.kind === 'git') return `git ${wish.git.replace(/\.git$/, '')} ${wish.subdirectory ?? ''}`
  return wish.kind === 'local' ? `local ${wish.path}` : `tarball ${wish.name}`
}

function checkNames(pins: readonly Pin[], own: string): void {
  const from = ({ entry }: Pin) => String(Object.values(entry)[0])
  for (const [at, pin] of pins.entries()) {
    const twin = pins.slice(0, at).find(({ name }) => name === pin.name)
    if (twin)
      throw failure('SLUICE_DBT_PACKAGE_TWICE', { name: pin.name, first: from(twin), second: from(pin) })
    if (pin.name === own)
      throw failure('SLUICE_DBT_PACKAGE_TWICE', { name: own, first: '.', second: from(pin) })
  }
}

/** All anew: what is no longer asked for goes. */
async function install(pins: readonly Pin[], folder: string): Promise<void> {
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const { name, bring } of pins) {
    const brought = await bring(join(folder, name))
    if (brought) symlinkSync(brought.linked, join(folder, name), 'junction')
  }
}
