import { stdout } from 'node:process'
import { layered, once, request } from './graph.work.ts'

// The first compile and plan of a process: prints how long both took, in ms.
const work = { memo: { parsed: new Map(), bound: new Map() }, past: { assets: {} }, wish: request }
const [, ms] = await once(layered(), work)
stdout.write(`${ms}\n`)
