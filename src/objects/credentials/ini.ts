/** Names and values of one section. */
export type Section = { readonly [name: string]: string }
export type Sections = ReadonlyMap<string, Section>

/**
 * The format of AWS's profile files (SDKs and tools reference guide, "Format of the config and credentials
 * files"): sections, `name = value`, comments in lines of their own, indented lines that belong to the value
 * above and are passed over.
 */
export function readSections(text: string): Sections {
  const sections = new Map<string, { [name: string]: string }>()
  let section: { [name: string]: string } | undefined
  for (const line of text.split(/\r?\n/)) {
    const title = /^\[([^\]]*)\]/.exec(line)?.[1]?.trim().replaceAll(/\s+/g, ' ').replaceAll(/["']/g, '')
    const [, name, value = ''] = /^([^\s#;[=][^=]*?)\s*=\s*(.*)$/.exec(line) ?? []
    if (title !== undefined) {
      section = sections.get(title) ?? {}
      sections.set(title, section)
    } else if (section && name !== undefined)
      section[name.toLowerCase()] = value.replace(/\s+[#;].*$/, '').trim()
  }
  return sections
}
