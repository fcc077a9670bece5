/**
 * The answers of S3 are flat XML without attributes or CDATA that matter: elements are found by name, in
 * order. Amazon S3 API reference, "ListObjectsV2", "DeleteObjects", "CreateMultipartUpload", "Error
 * responses".
 */
export function elements(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(
    ([, inside = '']) => inside,
  )
}

/** The text of the first element of this name; undefined: there is none. */
export function textOf(xml: string, name: string): string | undefined {
  const inside = elements(xml, name)[0]
  return inside === undefined ? undefined : decoded(inside)
}

const entities: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decoded(text: string): string {
  return text.replaceAll(/&(#x[\da-f]{1,6}|#\d{1,7}|\w+);/gi, (whole: string, name: string) => {
    if (!name.startsWith('#')) return entities[name] ?? whole
    const point = Number(name.slice(1).replace(/^x/i, '0x'))
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
}

export function encoded(text: string): string {
  return text.replaceAll(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`)
}
