import { escapeText } from '../markup.ts'
import { pointCount, slicePoints } from '../text.ts'

export type Links = {
  /** Characters of an address that are shown; undefined: all. */
  readonly limit: number | undefined
  readonly rel: string
  readonly target: string | undefined
  readonly schemes: readonly string[]
}

const word = '[\\p{L}\\p{N}_]'
const address = new RegExp(
  `^((https?:\\/\\/|www\\.)(([\\p{L}\\p{N}_%\\-]+\\.)+)?([a-z]{2,63}|xn--[\\p{L}\\p{N}_%]{2,59})` +
    `|([\\p{L}\\p{N}_%\\-]{2,63}\\.)+(com|net|int|edu|gov|org|info|mil)` +
    `|(https?:\\/\\/)((\\p{Nd}{1,3}(\\.\\p{Nd}{1,3}){3})|` +
    `(\\[([\\p{Nd}a-f]{0,4}:){2}([\\p{Nd}a-f]{0,4}:?){1,6}\\])))` +
    `(?::\\p{Nd}{1,5})?(?:[\\/?#]\\S*)?$`,
  'iu',
)
const mail = new RegExp(`^\\S+@${word}[\\p{L}\\p{N}_.\\-]*\\.${word}+$`, 'u')

/** Addresses in HTML as links. */
export function urlize(text: string, links: Links): string {
  return text
    .split(/(\s+)/)
    .map(each => linked(each, links))
    .join('')
}

/** Brackets and stops around an address do not belong to it. */
function linked(whole: string, links: Links): string {
  const head = /^([(<]|&lt;)+/.exec(whole)?.[0] ?? ''
  let middle = whole.slice(head.length)
  let tail = ''
  if (/(\)|>|\.|,|\n|&gt;)$/.test(middle)) {
    const found = /([)>.,\n]|&gt;)+$/.exec(middle)
    tail = found?.[0] ?? ''
    middle = middle.slice(0, middle.length - tail.length)
  }
  for (const [open, close] of [
    ['(', ')'],
    ['<', '>'],
    ['&lt;', '&gt;'],
  ] as const) {
    const opened = countOf(middle, open)
    if (opened <= countOf(middle, close)) continue
    for (let i = Math.min(opened, countOf(tail, close)); i > 0; i--) {
      const end = tail.indexOf(close) + close.length
      middle += tail.slice(0, end)
      tail = tail.slice(end)
    }
  }
  return head + link(middle, links) + tail
}

function countOf(text: string, part: string): number {
  return text.split(part).length - 1
}

function link(middle: string, { limit, rel, target, schemes }: Links): string {
  const related = rel === '' ? '' : ` rel="${escapeText(rel)}"`
  const attributes = related + (target ? ` target="${escapeText(target)}"` : '')
  const shown =
    limit !== undefined && pointCount(middle) > limit ? `${slicePoints(middle, 0, limit)}...` : middle
  if (address.test(middle)) {
    const whole = /^https?:\/\//.test(middle) ? middle : `https://${middle}`
    return `<a href="${whole}"${attributes}>${shown}</a>`
  }
  if (middle.startsWith('mailto:') && mail.test(middle.slice(7)))
    return `<a href="${middle}">${middle.slice(7)}</a>`
  if (middle.includes('@') && !/^(www\.|@)/.test(middle) && !middle.includes(':') && mail.test(middle))
    return `<a href="mailto:${middle}">${middle}</a>`
  const scheme = schemes.find(each => middle !== each && middle.startsWith(each))
  return scheme === undefined ? middle : `<a href="${middle}"${attributes}>${middle}</a>`
}
