import { Dict, Float, HOST, type Host } from '../../jinja/index.ts'
import { hostType } from '../context/host.ts'
import { valueOf } from '../context/json.ts'
import type { NodeResult } from '../face.ts'
import { nodeValue } from './graph.ts'
import type { World } from './world.ts'

/** One of `results` in hooks after all: what came of a node, and the node. */
class ResultValue implements Host {
  readonly result: NodeResult
  readonly node: Dict
  readonly [HOST] = resultHost
  constructor(result: NodeResult, node: Dict) {
    this.result = result
    this.node = node
  }
}

const named = [
  'unique_id',
  'status',
  'message',
  'failures',
  'execution_time',
  'thread_id',
  'adapter_response',
  'timing',
  'batch_results',
] as const

const resultHost = hostType<ResultValue>('RunResult', {
  fields: {
    ...Object.fromEntries(named.map(name => [name, ({ result }: ResultValue) => fieldOf(result, name)])),
    node: ({ node }) => node,
  },
  methods: {
    to_dict: [
      'omit_none=False',
      ({ result, node }) => {
        return Dict.of([...named.map(name => [name, fieldOf(result, name)] as const), ['node', node]])
      },
    ],
  },
})

function fieldOf(result: NodeResult, name: (typeof named)[number]) {
  const value = result[name]
  return name === 'execution_time' && typeof value === 'number' ? new Float(value) : valueOf(value)
}

export function resultValue({ manifest }: World, result: NodeResult): Host {
  const { unique_id: id } = result
  const node = manifest.nodes.get(id) ??
    manifest.unit_tests.get(id) ??
    manifest.functions.get(id) ?? { unique_id: id }
  return new ResultValue(result, nodeValue(node))
}
