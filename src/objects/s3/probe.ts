import { failure } from '../../errors/index.ts'
import { reserved } from '../key.ts'
import type { Requests } from '../store.ts'
import type { Address } from './address.ts'
import type { Call, Sender } from './send.ts'

type Ports = { readonly address: Address; readonly send: Sender['send'] }

/**
 * Conditional writes of a store that is not AWS, used only once it has shown that it keeps them: older
 * servers pass over the condition in silence, and two writers would overwrite each other. Shown on an object
 * that stays there, so that later it takes two requests, before the first conditional write of this handle.
 */
export function probed(requests: Requests, ports: Ports): Requests {
  let shown: Promise<void> | undefined
  const show = async () => {
    shown ??= probe(ports)
    try {
      await shown
    } catch (thrown) {
      // What failed in passing is asked again by the next write.
      shown = undefined
      throw thrown
    }
  }
  return {
    ...requests,
    putIfAbsent: async (key, body) => {
      await show()
      return requests.putIfAbsent(key, body)
    },
    putIfMatch: async (key, body, etag) => {
      await show()
      return requests.putIfMatch(key, body, etag)
    },
  }
}

async function probe({ address, send }: Ports): Promise<void> {
  const call = {
    method: 'PUT',
    key: `${address.prefix}${reserved}probe`,
    body: Buffer.from('Shows that this store keeps conditions of writes. May be deleted.\n'),
    what: 'write',
    answers: [412],
  } as const satisfies Call
  const isKept = async (headers: Call['headers'] & object) =>
    (await send({ ...call, headers })).status === 412
  const absent = { 'if-none-match': '*' }
  // The first one may make it; the second one must find it.
  if (!(await isKept(absent)) && !(await isKept(absent))) throw unsupported(address, 'if-none-match')
  const nobodys = { 'if-match': '"00000000000000000000000000000000"' }
  if (!(await isKept(nobodys))) throw unsupported(address, 'if-match')
}

function unsupported({ describe: store }: Address, header: string): Error {
  return failure('SLUICE_OBJECT_CONDITION_UNSUPPORTED', { store, header })
}
