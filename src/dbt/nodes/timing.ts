import type { NodeResult } from '../face.ts'

type Span = NodeResult['timing'][number]

export type Timer = {
  readonly span: <T>(name: Span['name'], act: () => Promise<T>) => Promise<T>
  readonly spans: () => readonly Span[]
  readonly seconds: () => number
}

/** When a node was compiled and executed, and how long it took in all. */
export function timer(nowMs: () => number): Timer {
  const began = nowMs()
  const spans: Span[] = []
  return {
    span: async (name, act) => {
      const from = nowMs()
      try {
        return await act()
      } finally {
        spans.push({ name, started_at: stamp(from), completed_at: stamp(nowMs()) })
      }
    },
    spans: () => spans,
    seconds: () => (nowMs() - began) / 1000,
  }
}

function stamp(ms: number): string {
  return new Date(ms).toISOString()
}
