/**
 * Names that were probably meant: at most `max`, nearest first. Letter case and the part before the last dot
 * count little, so that `orders` finds `staging.orders`.
 */
export function near(name: string, candidates: Iterable<string>, max = 3): readonly string[] {
  const wanted = name.toLowerCase()
  const scored: { candidate: string; distance: number }[] = []
  for (const candidate of new Set(candidates)) {
    const distance = distanceOf(wanted, candidate.toLowerCase())
    if (candidate !== name && distance <= allowed(wanted)) scored.push({ candidate, distance })
  }
  scored.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
  return scored.slice(0, max).map(({ candidate }) => candidate)
}

/** One slip per three letters: what rustc and cargo allow. */
function allowed(name: string): number {
  return Math.max(1, Math.floor(name.length / 3))
}

function distanceOf(wanted: string, candidate: string): number {
  const wantedLast = wanted.slice(wanted.lastIndexOf('.') + 1)
  const candidateLast = candidate.slice(candidate.lastIndexOf('.') + 1)
  if (wantedLast === candidateLast) return wanted === candidate ? 0 : 0.5
  const whole = edits(wanted, candidate)
  const last = edits(wantedLast, candidateLast)
  return last <= allowed(wantedLast) ? Math.min(whole, last + 0.5) : whole
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function edits(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const best = Math.min(cell(last, j) + 1, cell(row, j - 1) + 1, cell(last, j - 1) + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(swapped ? Math.min(best, cell(before, j - 2) + 1) : best)
    }
    before = last
    last = row
  }
  return cell(last, b.length)
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
