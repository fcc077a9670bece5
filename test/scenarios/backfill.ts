import { openProject } from '../../src/door/index.ts'

// A backfill in a process of its own, to be killed: `node backfill.ts <project>`. Each event is a line.
const [cwd = '.'] = process.argv.slice(2)
const project = await openProject({ cwd })
await project.run({
  select: ['marts.daily'],
  force: true,
  partitions: { first: '2026-01-02', last: '2026-01-08' },
  chunkMax: 3,
  newestFirst: true,
  onEvent: event => process.stdout.write(`${event.body.kind} ${event.asset ?? ''}\n`),
})
await project.close()
