import type { Acting } from './act.ts'

/** `deps`: the packages that the project asks for. */
export async function deps({ project, out, voice }: Acting): Promise<number> {
  const packages = await project.deps()
  if (out.isJson) out.json(packages)
  else if (!voice.isQuiet)
    out.say(
      packages.length === 0
        ? '  no packages are asked for in packages.yml or dependencies.yml'
        : packages.map(({ name, version, from, newer, folder }) => {
            const more = newer === undefined ? '' : out.palette.dim(`  ${newer} is there`)
            const where = folder === undefined ? 'locked' : `in ${folder}`
            return `  ${out.palette.good('✓')} ${name}  ${version}  ${where}, from ${from}${more}`
          }),
    )
  return 0
}
