import type { ExactJson } from '../../connect/index.ts'
import { failure } from '../../errors/index.ts'

type Record = { readonly [key: string]: ExactJson }

/**
 * What lies at a path such as `data.items` or `data.-1.id`; `-1` is the last. A key may hold dots itself
 * (`@odata.nextLink`).
 */
export function at(body: ExactJson, path: string): ExactJson | undefined {
  if (path === '') return body
  if (Array.isArray(body)) {
    const [index = '', ...rest] = path.split('.')
    const item = /^-?\d+$/.test(index) ? (body as readonly ExactJson[]).at(Number(index)) : undefined
    return item === undefined ? undefined : at(item, rest.join('.'))
  }
  if (!isRecord(body)) return undefined
  if (Object.hasOwn(body, path)) return body[path]
  const dot = path.indexOf('.')
  const key = dot < 0 ? path : path.slice(0, dot)
  const below = dot > 0 && Object.hasOwn(body, key) ? body[key] : undefined
  return below === undefined ? undefined : at(below, path.slice(dot + 1))
}

/** The list of records of a page: at the path; else the body, or its only list. Never silently none. */
export function recordsOf(body: ExactJson, path: string | undefined, url: string): readonly Record[] {
  const list = path === undefined ? onlyList(body, url) : listAt(body, path, url)
  const odd = list.findIndex(item => !isRecord(item))
  if (odd >= 0) {
    throw failure('SLUICE_HTTP_RECORDS', {
      url,
      words: `Item ${odd + 1} of the list is ${kindOf(list[odd])}, not an object.`,
    })
  }
  return list as readonly Record[]
}

function listAt(body: ExactJson, path: string, url: string): readonly ExactJson[] {
  const found = at(body, path)
  // Some servers write an empty page so; a missing key is a wrong path.
  if (found === null) return []
  if (Array.isArray(found)) return found
  const words =
    found === undefined
      ? `There is nothing at \`${path}\`; ${keysOf(body)}.`
      : `\`${path}\` is ${kindOf(found)}.`
  throw failure('SLUICE_HTTP_RECORDS', { url, words })
}

function onlyList(body: ExactJson, url: string): readonly ExactJson[] {
  if (Array.isArray(body)) return body
  const lists = isRecord(body) ? Object.entries(body).filter(([, value]) => Array.isArray(value)) : []
  const [only] = lists
  if (only && lists.length === 1) return only[1] as readonly ExactJson[]
  const words =
    lists.length > 1
      ? `It holds several lists: ${lists.map(([key]) => `\`${key}\``).join(', ')}.`
      : `${keysOf(body)}.`
  throw failure('SLUICE_HTTP_RECORDS', { url, words })
}

/** Keys are the shape of the answer, not its data; many keys are data after all. */
function keysOf(body: ExactJson): string {
  if (!isRecord(body)) return `the body is ${kindOf(body)}`
  const keys = Object.keys(body)
  const shown = keys.slice(0, 20).map(key => `\`${key.slice(0, 60)}\``)
  return `the body has the keys ${shown.join(', ')}${keys.length > shown.length ? ' …' : ''}`
}

function kindOf(value: ExactJson | undefined): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function isRecord(value: ExactJson): value is Record {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
