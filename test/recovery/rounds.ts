import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the world puts into a project's sources before round `n`: the same bytes for every project. */
export async function feed(project: string, n: number): Promise<void> {
  const data = join(project, 'data')
  await mkdir(data, { recursive: true })
  await writeFile(join(data, `orders-${String(n).padStart(3, '0')}.csv`), ordersCsv(n))
  await writeFile(join(data, 'customers.csv'), customersCsv(n))
  await appendFile(join(data, 'events.ndjson'), eventLines(n))
}

const ordersPerRound = 40

/** One order of each round has an amount that is no number: it is to be refused, once. */
function ordersCsv(n: number): string {
  const lines = ['id,customer,day,amount']
  for (let i = 0; i < ordersPerRound; i++) {
    const id = n * ordersPerRound + i
    const day = `2024-01-${String(1 + ((n + i) % 5)).padStart(2, '0')}`
    lines.push(`${id},${id % 7},${day},${i === 13 ? 'much' : ((id * 37) % 100) + 0.25}`)
  }
  return `${lines.join('\n')}\n`
}

function customersCsv(n: number): string {
  const lines = ['id,name,city']
  for (let id = 0; id < 7; id++) lines.push(`${id},name ${id},city ${id < n % 4 ? n : 0}`)
  return `${lines.join('\n')}\n`
}

function eventLines(n: number): string {
  let text = ''
  for (let i = 0; i < 12; i++)
    text += `${JSON.stringify({ id: n * 12 + i, kind: `kind ${(n * 12 + i) % 3}` })}\n`
  return text
}
