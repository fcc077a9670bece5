/**
 * Who reads whom, by number: the reads of node n are `targets[starts[n]] … targets[starts[n + 1] - 1]`
 * (compressed rows).
 */
export type Rows = { readonly starts: Int32Array; readonly targets: Int32Array }

export function rowsOf(reads: readonly (readonly number[])[]): Rows {
  const starts = new Int32Array(reads.length + 1)
  reads.forEach((row, node) => {
    starts[node + 1] = (starts[node] ?? 0) + row.length
  })
  const targets = new Int32Array(starts[reads.length] ?? 0)
  let placed = 0
  reads.forEach(row => {
    for (let at = 0; at < row.length; at++) targets[placed++] = row[at] as number
  })
  return { starts, targets }
}

export type Order = {
  /**
   * Every node once, what it reads before it. Depends on numbers only: number the nodes by name and it is
   * stable.
   */
  readonly order: Int32Array
  /** Each as a path that ends where it began: a → b → a. */
  readonly cycles: readonly (readonly number[])[]
}

const unseen = 0
const open = 1
const done = 2

/** Depth first, without recursion: a chain of 100,000 assets is no reason to overflow a stack. */
export function orderOf({ starts, targets }: Rows): Order {
  const count = starts.length - 1
  const state = new Uint8Array(count)
  const next = starts.slice(0, count)
  const order = new Int32Array(count)
  const path = new Int32Array(count)
  const cycles: number[][] = []
  let placed = 0
  for (let root = 0; root < count; root++) {
    if (state[root] !== unseen) continue
    let depth = 0
    path[depth] = root
    state[root] = open
    while (depth >= 0) {
      const node = path[depth] as number
      const edge = next[node] as number
      if (edge === starts[node + 1]) {
        depth--
        state[node] = done
        order[placed++] = node
        continue
      }
      next[node] = edge + 1
      const read = targets[edge] as number
      if (state[read] === open) cycles.push([...path.slice(path.indexOf(read), depth + 1), read])
      if (state[read] !== unseen) continue
      state[read] = open
      path[++depth] = read
    }
  }
  return { order, cycles }
}
