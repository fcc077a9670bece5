/** Whether a path, from the package's root, is to be left alone. */
export type Ignore = (path: string) => boolean

/** What a `.dbtignore` says, in the patterns of git. The last pattern that fits decides. */
export function ignoreOf(text: string): Ignore {
  const rules = text.split(/\r?\n/).flatMap(ruleOf)
  if (rules.length === 0) return () => false
  return path => {
    let ignored = false
    for (const { pattern, ignores } of rules) if (pattern.test(path)) ignored = ignores
    return ignored
  }
}

type Rule = { readonly pattern: RegExp; readonly ignores: boolean }

function ruleOf(line: string): readonly Rule[] {
  const written = line.replace(/(?<!\\)\s+$/, '')
  if (written === '' || written.startsWith('#')) return []
  const ignores = !written.startsWith('!')
  const glob = ignores ? written : written.slice(1)
  const anchored = glob.replace(/\/$/, '').includes('/')
  const body = globBody(glob.replace(/^\//, '').replace(/\/$/, ''))
  const start = anchored ? '^' : '^(?:.*/)?'
  const end = glob.endsWith('/') ? '/.*$' : '(?:/.*)?$'
  return [{ pattern: new RegExp(`${start}${body}${end}`), ignores }]
}

function globBody(glob: string): string {
  let body = ''
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at] as string
    if (glob.startsWith('**/', at)) {
      body += '(?:.*/)?'
      at += 2
    } else if (glob.startsWith('**', at)) {
      body += '.*'
      at += 1
    } else if (char === '*') body += '[^/]*'
    else if (char === '?') body += '[^/]'
    else if (char === '[') {
      const close = glob.indexOf(']', at + 2)
      if (close < 0) body += '\\['
      else {
        body += `[${glob
          .slice(at + 1, close)
          .replace(/^!/, '^')
          .replaceAll('\\', '\\\\')}]`
        at = close
      }
    } else if (char === '\\' && at + 1 < glob.length) body += escaped(glob[++at] as string)
    else body += escaped(char)
  }
  return body
}

function escaped(char: string): string {
  return /[\w\-/ ]/.test(char) ? char : `\\${char}`
}
