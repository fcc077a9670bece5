import { counted } from '../print/numbers.ts'
import type { Acting } from './act.ts'

/** `docs generate`: what pages of documentation are made from. */
export async function docs({ project, out, voice }: Acting): Promise<number> {
  const { columns, errors } = await project.docs()
  if (out.isJson) out.json({ columns, errors })
  else {
    for (const words of errors)
      out.warn([`  ${out.palette.bad('✗')} ${words.split('\n').join('\n    ')}`, ''])
    if (!voice.isQuiet && errors.length === 0)
      out.say(`  ${out.palette.good('done')}  ${counted(columns, 'column')} of the database described`)
  }
  return errors.length > 0 ? 1 : 0
}
