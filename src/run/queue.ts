/** Numbers in order of rank, the largest first; of equal ranks the smallest number. */
export type Queue = { readonly rank: (item: number) => number; readonly heap: number[] }

export function emptyQueue(rank: (item: number) => number): Queue {
  return { rank, heap: [] }
}

/** Which of two goes first. */
export function isBefore({ rank }: Pick<Queue, 'rank'>, a: number, b: number): boolean {
  const difference = rank(a) - rank(b)
  return difference === 0 ? a < b : difference > 0
}

export function push(queue: Queue, item: number): void {
  const { heap } = queue
  heap.push(item)
  let at = heap.length - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!swapIfBefore(queue, at, parent)) return
    at = parent
  }
}

export function peek({ heap }: Queue): number | undefined {
  return heap[0]
}

export function pop(queue: Queue): number | undefined {
  const { heap } = queue
  const first = heap[0]
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return first
  heap[0] = last
  let at = 0
  for (;;) {
    const left = 2 * at + 1
    const right = left + 1
    const child = right < heap.length && isBefore(queue, at1(heap, right), at1(heap, left)) ? right : left
    if (child >= heap.length || !swapIfBefore(queue, child, at)) return first
    at = child
  }
}

function swapIfBefore(queue: Queue, lower: number, upper: number): boolean {
  const { heap } = queue
  const a = at1(heap, lower)
  const b = at1(heap, upper)
  if (!isBefore(queue, a, b)) return false
  heap[lower] = b
  heap[upper] = a
  return true
}

function at1(heap: readonly number[], index: number): number {
  return heap[index] ?? -1
}
