/**
 * A process that writes to a store on this disk until it has done its part or is killed: `create` makes
 * objects that all processes race for, `add` counts in one object.
 */
import { writeSync } from 'node:fs'
import { localStore } from '../../src/objects/index.ts'

const [root = '', verb = '', name = '', count = '0'] = process.argv.slice(2)
const store = localStore(root)
/** Large enough that a kill falls into the writing of one. */
const bodyBytes = 300_000

if (verb === 'create') {
  let created = 0
  for (let i = 0; i < Number(count); i++) {
    const head = `${name} ${i} `
    const body = Buffer.alloc(bodyBytes, head)
    if ((await store.putIfAbsent(`log/${String(i).padStart(6, '0')}`, body)) === 'created') created++
  }
  process.stdout.write(`${created}`)
} else {
  // A mark for each one that counted, written before the next begins.
  for (let done = 0; done < Number(count); ) {
    const { bytes, meta } = await store.get('n')
    const next = Buffer.from(String(Number(Buffer.from(bytes).toString()) + 1))
    if (await store.putIfMatch('n', next, meta.etag)) done += writeSync(process.stdout.fd, '.')
  }
}
