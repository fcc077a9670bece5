/** What a room may touch beyond its arguments. */
export const touches = ['fs', 'import', 'net', 'process', 'time', 'tty'] as const
export type Touch = (typeof touches)[number]

export type Room = {
  /** Its folder in src; a leaf's is `connectors/*`. */
  readonly name: string
  readonly layer: number
  readonly leaf: boolean
  readonly touch: readonly Touch[]
}

const marker = '<!-- tidy: rooms -->'

/** The room table of ARCHITECTURE.md: the map is the law, so it cannot be out of date. */
export function readTable(page: string): readonly Room[] {
  const rows = page
    .slice(page.indexOf(marker) + marker.length)
    .trimStart()
    .split(/\n(?!\|)/, 1)[0]
  if (!page.includes(marker) || rows === undefined) throw new SyntaxError(`ARCHITECTURE.md has no ${marker}`)
  return rows.split('\n').slice(2).map(readRow)
}

function readRow(row: string): Room {
  const [name = '', layer = '', touch = ''] = row
    .split('|')
    .slice(1)
    .map(cell => cell.trim().replaceAll('`', ''))
  const words = touch === 'nothing' ? [] : touch.split(/,\s*/)
  const known = words.filter(isTouch)
  if (!/^\d+\*?$/.test(layer) || known.length < words.length) throw new SyntaxError(`unreadable row: ${row}`)
  return { name, layer: Number.parseInt(layer, 10), leaf: layer.endsWith('*'), touch: known }
}

function isTouch(word: string): word is Touch {
  return (touches as readonly string[]).includes(word)
}

/**
 * The room that a file of src lives in; undefined: none that the table names. Files right in src are doors.
 */
export function roomOf(path: string, rooms: readonly Room[]): Room | undefined {
  const [top, first = '', second] = path.split('/')
  if (top !== 'src') return undefined
  if (second === undefined || path === registry) return door
  const leaf = rooms.find(({ name }) => name === `${first}/*`)
  if (leaf) return { ...leaf, name: `${first}/${second}` }
  return rooms.find(({ name }) => name === first)
}

/** The one file that names the connectors, each behind `import()`. */
export const registry = 'src/connectors/registry.generated.ts'

/** `src/index.ts` and its like: they gather names from rooms and hold no code. */
const door: Room = { name: 'src', layer: 10, leaf: false, touch: touches }
