import { failure } from '../../errors/index.ts'
import { compareKeys, isKey } from '../key.ts'
import { limits } from '../limits.ts'
import type { ObjectMeta } from '../store.ts'
import type { Address } from './address.ts'
import type { Sender } from './send.ts'
import { elements, textOf } from '../xml.ts'

type Asking = { readonly send: Sender['send']; readonly address: Address }
type Listing = { readonly prefix: string; readonly startAfter: string }

/** Amazon S3 API reference, "ListObjectsV2", page after page. */
export async function* listPages({ send, address }: Asking, listing: Listing): AsyncIterable<ObjectMeta> {
  const { describe: store, prefix } = address
  const query = {
    'list-type': '2',
    'max-keys': String(limits.listKeysMax),
    // XML 1.0 cannot hold every character that a key can.
    'encoding-type': 'url',
    ...(prefix + listing.prefix === '' ? {} : { prefix: prefix + listing.prefix }),
    ...(listing.startAfter === '' ? {} : { 'start-after': prefix + listing.startAfter }),
  }
  let last = listing.startAfter
  for (let token: string | undefined, isEnd = false; !isEnd; ) {
    const more: { [name: string]: string } = token === undefined ? {} : { 'continuation-token': token }
    const answer = await send({
      method: 'GET',
      query: { ...query, ...more },
      what: `list \`${listing.prefix}\``,
    })
    const page = answer.body.toString()
    for (const meta of objectsOf(page, prefix)) {
      // A log read out of order would be another log.
      if (compareKeys(meta.key, last) <= 0)
        throw failure('SLUICE_OBJECT_STORE_ANSWER', { store, words: 'its keys are not in order' })
      last = meta.key
      if (isKey(meta.key)) yield meta
    }
    token = textOf(page, 'NextContinuationToken')
    isEnd = textOf(page, 'IsTruncated') !== 'true'
    if (!isEnd && token === undefined)
      throw failure('SLUICE_OBJECT_STORE_ANSWER', { store, words: 'it is cut and does not say how to go on' })
  }
}

function objectsOf(page: string, prefix: string): readonly ObjectMeta[] {
  const isEncoded = textOf(page, 'EncodingType') === 'url'
  const metas = elements(page, 'Contents').map(object => {
    const name = textOf(object, 'Key') ?? ''
    // AWS writes a space as `+`, as forms do.
    const key = isEncoded ? decodeURIComponent(name.replaceAll('+', ' ')) : name
    return {
      key: key.slice(prefix.length),
      sizeBytes: Number(textOf(object, 'Size')),
      modifiedMs: Date.parse(textOf(object, 'LastModified') ?? ''),
      etag: textOf(object, 'ETag') ?? '',
    }
  })
  // The mark of the folder itself, which consoles make.
  return metas.filter(({ key }) => key !== '')
}
