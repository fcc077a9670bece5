import type { Acting } from './act.ts'

/** `run-operation`: one macro, called; what it prints is the answer. */
export async function runOperation({ project, out, voice }: Acting): Promise<number> {
  const returned = await project.operate()
  if (out.isJson) out.json({ returned, printed: voice.printed() })
  return 0
}
