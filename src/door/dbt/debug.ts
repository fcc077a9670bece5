import { Failure } from '../../errors/index.ts'
import type { Finding } from './face.ts'
import type { Opened } from './opened.ts'

/** Project, profile and connection, looked at one after the other. */
export async function debugged(rooms: Opened): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const look = async (subject: string, act: () => Promise<string> | string) => {
    try {
      findings.push({ subject, ok: true, words: await act() })
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown
      const words = thrown.why === undefined ? thrown.title : `${thrown.title} ${thrown.why}`
      findings.push({ subject, ok: false, words })
    }
    return findings.at(-1)?.ok === true
  }
  const isRead = await look('project', () => `${rooms.looked().project.name} in ${rooms.root}`)
  if (!isRead) return findings
  await look('profile', () => {
    const { profileName, targetName, type, threads } = rooms.looked().profile
    return `${profileName}, target ${targetName}: ${type}, ${threads} at once`
  })
  await look('connection', async () => {
    const { profile } = rooms.looked()
    const connection = await (await rooms.adapter()).connect('debug', rooms.options.signal)
    try {
      await connection.execute('select 1 as id', { fetch: true })
    } finally {
      connection.close()
    }
    return `${String(profile.credentials.path ?? ':memory:')}, schema ${profile.schema}`
  })
  return findings
}
