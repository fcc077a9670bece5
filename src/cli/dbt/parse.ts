import { counted, duration } from '../print/numbers.ts'
import type { Acting } from './act.ts'

/** `parse`: the project, read; nothing is run. */
export async function parse({ project, out, voice }: Acting): Promise<number> {
  const { name, profile, manifest, warnings, elapsedMs } = await project.parse()
  const counts = {
    nodes: manifest.nodes.size,
    sources: manifest.sources.size,
    macros: manifest.macros.size,
  }
  if (out.isJson) out.json({ project: name, target: profile.targetName, ...counts, warnings, elapsedMs })
  else if (!voice.isQuiet)
    out.say(
      `  ${out.palette.good('done')}  ${name}: ${counted(counts.nodes, 'node')}, ` +
        `${counted(counts.sources, 'source')}, ${counted(counts.macros, 'macro')}  ` +
        out.palette.dim(duration(elapsedMs)),
    )
  return 0
}
