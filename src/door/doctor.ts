import { access, constants } from 'node:fs/promises'
import { asFailure, Failure, Failures } from '../errors/index.ts'
import type { Opened } from './opened.ts'

export type Finding = {
  readonly subject: string
  readonly ok: boolean
  readonly words: string
  readonly fix?: string
}

/** What is installed, reachable, wrong: each looked at for real, none of it changed. */
export async function doctor(rooms: Opened): Promise<readonly Finding[]> {
  const looks: readonly [string, () => Promise<string>][] = [
    ['node', async () => `${process.versions.node} on ${process.platform} ${process.arch}`],
    ['duckdb', duckdbVersion],
    ['project', () => project(rooms)],
    ['state', () => state(rooms)],
    ['ledger', () => ledger(rooms)],
    ['target', () => target(rooms)],
  ]
  const findings: Finding[] = []
  for (const [subject, look] of looks) findings.push(await finding(subject, look))
  return findings
}

async function finding(subject: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { subject, ok: true, words: await look() }
  } catch (thrown) {
    if (thrown instanceof Failures) {
      const words = `${thrown.all.length} things are wrong`
      return { subject, ok: false, words, fix: '`sluice check` names them.' }
    }
    const failed = thrown instanceof Failure ? thrown : asFailure(thrown, `looking at the ${subject}`)
    return { subject, ok: false, words: failed.title, fix: failed.fix }
  }
}

async function duckdbVersion(): Promise<string> {
  const analyzer = await (await import('../engine/index.ts')).openAnalyzer()
  try {
    const [parsed] = await analyzer.parse(['select version()'])
    return parsed?.ok ? 'loads, parses and binds' : 'does not parse'
  } finally {
    await analyzer.close()
  }
}

async function project(rooms: Opened): Promise<string> {
  const compiled = await rooms.compiled({ lineage: false })
  const all = [...rooms.read.failures, ...compiled.failures]
  if (all.length > 0) throw new Failures(all)
  return `${rooms.read.config.name}: ${compiled.manifest.assets.length} assets, nothing wrong`
}

async function state(rooms: Opened): Promise<string> {
  await access(rooms.read.root, constants.W_OK)
  return `${rooms.stateDir} can be written`
}

async function ledger(rooms: Opened): Promise<string> {
  const open = await rooms.ledger('read')
  const { events, differences } = await open.verify()
  const crashed = await open.recoverable()
  const waiting =
    crashed.length > 0 ? `; ${crashed.length} crashed runs wait for the next run to settle them` : ''
  const agree =
    differences.length === 0 ? 'tables agree' : `${differences.length} differences: ${differences[0]}`
  return `${events} events, ${agree}${waiting}`
}

async function target(rooms: Opened): Promise<string> {
  const store = await rooms.store('read')
  const assets = await store.assets()
  return `${rooms.target.describe}: opens, ${assets.length} tables and views`
}
