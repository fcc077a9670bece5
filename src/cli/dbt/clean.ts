import type { Acting } from './act.ts'

/** `clean`: the folders of `clean-targets` are removed. */
export async function clean({ project, out, voice }: Acting): Promise<number> {
  const removed = await project.clean()
  if (out.isJson) out.json({ removed })
  else if (!voice.isQuiet)
    out.say(removed.length === 0 ? '  nothing to remove' : removed.map(folder => `  removed ${folder}`))
  return 0
}
