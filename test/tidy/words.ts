import type { Finding, Rule, Text } from './house.ts'

const badNames = /^(utils?|helpers?|commons?|managers?|services?|base|misc|lib)$/

const names: Rule = {
  name: 'files and folders are named after what they hold',
  find: ({ texts }) =>
    texts.flatMap(({ path }) => {
      const parts = path.split('/').map(part => part.split('.')[0] ?? '')
      const bad = parts.find(part => part.split('-').some(word => badNames.test(word)))
      return bad === undefined ? [] : [{ path, words: `\`${bad}\` says nothing` }]
    }),
}

// In pieces, so that this file is not its own finding.
const unfinished = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`)
const places = new RegExp(
  [
    '/wo' + 'rk/',
    '/ro' + 'ot/',
    '/ho' + 'me/\\w',
    '/tm' + 'p/\\w',
    '/Us' + 'ers/\\w',
    '[A-Z]:\\\\Us' + 'ers',
  ].join('|'),
)

const finished = everyLine('nothing is left to do', unfinished, 'unfinished')
const portable = everyLine('nothing knows a machine', places, 'a path of one machine')

const empty = /\b[Ss]uccess(fully)\b|\b[Pp]leas(e)\b|\bOop(s)\b/
const picture = /(?![©®™‼⁉↔-⇿])\p{Extended_Pictographic}/u

/**
 * Words that people never read from us: they tell nothing, or beg. Tests, and suites for them, hold any text
 * as data.
 */
const tone: Rule = {
  name: 'words are plain',
  find: ({ texts }) =>
    texts
      .filter(({ path }) => !/\.test\.ts$|(^|\/)test\/|^src\/testing\//.test(path))
      .flatMap(text => [
        ...linesLike(text, empty, 'a word that says nothing'),
        ...linesLike(text, picture, 'a picture'),
      ]),
}

function everyLine(name: string, pattern: RegExp, words: string): Rule {
  return { name, find: ({ texts }) => texts.flatMap(text => linesLike(text, pattern, words)) }
}

function linesLike({ path, text }: Text, pattern: RegExp, words: string): readonly Finding[] {
  if (!pattern.test(text)) return []
  return text.split('\n').flatMap((line, index) => {
    const found = pattern.exec(line)?.[0]
    return found === undefined ? [] : [{ path, line: index + 1, words: `${words}: \`${found.trim()}\`` }]
  })
}

export const wordRules: readonly Rule[] = [names, finished, portable, tone]
