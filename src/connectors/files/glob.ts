import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, parse, sep } from 'node:path'

/**
 * Folders below each other that `**` goes down; links to folders are not followed, so there are no circles.
 */
const depthMax = 64

/** Does the text hold a sign that only a glob has? */
export function isGlob(path: string): boolean {
  return /[*?[{]/.test(path)
}

/**
 * Absolute paths of the files that a glob names, sorted. `*` and `?` do not match `/` nor a leading dot,
 * `**` any number of folders, `[a-z]` and `[!a-z]` one character, `{a,b}` one of several.
 */
export async function glob(pattern: string): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const plain of braces(pattern)) {
    const { root } = parse(plain)
    const segments = plain
      .slice(root.length)
      .split(/[\\/]+/)
      .filter(it => it !== '' && it !== '.')
    for await (const path of walk(root || sep, segments, 0)) found.add(path)
  }
  return [...found].sort()
}

async function* walk(folder: string, segments: readonly string[], depth: number): AsyncIterable<string> {
  const [segment, ...rest] = segments
  if (segment === undefined || depth > depthMax) return
  if (segment === '**') {
    // Zero folders, then one and the same again.
    yield* walk(folder, rest.length > 0 ? rest : ['*'], depth)
    for (const entry of await entries(folder)) {
      const below = entry.isDirectory() && !entry.name.startsWith('.')
      if (below) yield* walk(join(folder, entry.name), segments, depth + 1)
    }
    return
  }
  if (!isGlob(segment)) {
    yield* step(join(folder, segment), rest, depth)
    return
  }
  const form = formOf(segment)
  for (const entry of await entries(folder)) {
    const hidden = entry.name.startsWith('.') && !segment.startsWith('.')
    if (!hidden && form.test(entry.name)) yield* step(join(folder, entry.name), rest, depth)
  }
}

async function* step(path: string, rest: readonly string[], depth: number): AsyncIterable<string> {
  if (rest.length > 0) yield* walk(path, rest, depth + 1)
  else if (await isFile(path)) yield path
}

async function entries(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (thrown) {
    // A segment may name a file, or nothing: then nothing below it matches.
    if (isCode(thrown, 'ENOENT', 'ENOTDIR')) return []
    throw thrown
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch (thrown) {
    if (isCode(thrown, 'ENOENT', 'ENOTDIR')) return false
    throw thrown
  }
}

/** Is it an error of the operating system with one of these codes? */
export function isCode(thrown: unknown, ...codes: readonly string[]): boolean {
  const code = (thrown as { readonly code?: unknown } | null)?.code
  return typeof code === 'string' && codes.includes(code)
}

/** `{a,b}` opened, from the left; braces within braces as well. */
function braces(pattern: string): readonly string[] {
  const found = /\{([^{}]*)\}/.exec(pattern)
  if (!found) return [pattern]
  const before = pattern.slice(0, found.index)
  const after = pattern.slice(found.index + found[0].length)
  return (found[1] ?? '').split(',').flatMap(choice => braces(before + choice + after))
}

function formOf(segment: string): RegExp {
  let form = ''
  for (let i = 0; i < segment.length; i++) {
    const sign = segment.charAt(i)
    const close = sign === '[' ? segment.indexOf(']', i + 2) : -1
    if (close > 0) {
      form += setOf(segment.slice(i + 1, close))
      i = close
    } else form += sign === '*' ? '[^/]*' : sign === '?' ? '[^/]' : sign.replace(/[\\^$.|+()[\]{}]/, '\\$&')
  }
  return new RegExp(`^${form}$`, 'su')
}

function setOf(set: string): string {
  const inverse = set.startsWith('!') || set.startsWith('^')
  const signs = (inverse ? set.slice(1) : set).replace(/[\\\]^[&~]/g, '\\$&')
  return `[${inverse ? '^' : ''}${signs}]`
}
