import { type FileHandle, open, readFile } from 'node:fs/promises'
import { failure } from '../../errors/index.ts'
import { gather } from '../gather.ts'
import { checkKey } from '../key.ts'
import { limits } from '../limits.ts'
import { onDisk } from '../local/disk.ts'
import { split } from '../ranges.ts'
import { type Patience, persist } from '../retry.ts'
import type { ByteRange, ObjectMeta, Requests } from '../store.ts'
import type { Address } from './address.ts'
import { metaOf } from './requests.ts'
import type { Sender } from './send.ts'
import { encoded, textOf } from '../xml.ts'

type Ports = {
  readonly address: Address
  readonly send: Sender['send']
  /** Requests that are asked again. */
  readonly requests: Requests
  readonly patience: Patience
}

/**
 * A file becomes an object: in one request, or above a size in parts of which each is tried again by itself.
 */
export async function upload(ports: Ports, key: string, path: string): Promise<ObjectMeta> {
  checkKey(key)
  return onDisk(path, async () => {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      if (size <= limits.pieceBytesMax) return await ports.requests.put(key, await readFile(file))
      return await inParts(ports, key, { file, sizeBytes: size })
    } finally {
      await file.close()
    }
  })
}

type Body = { readonly file: FileHandle; readonly sizeBytes: number }
type Part = { readonly number: number; readonly etag: string }

/** Amazon S3 user guide, "Uploading and copying objects using multipart upload". */
async function inParts(ports: Ports, key: string, body: Body): Promise<ObjectMeta> {
  const { send, patience } = ports
  const at = ports.address.prefix + key
  const what = `write \`${key}\``
  const begun = await persist(() => send({ method: 'POST', key: at, query: { uploads: '' }, what }), patience)
  const uploadId = textOf(begun.body.toString(), 'UploadId')
  if (uploadId === undefined)
    throw failure('SLUICE_OBJECT_STORE_ANSWER', {
      store: ports.address.describe,
      words: 'it does not name the upload it began',
    })
  const call = { key: at, what, query: { uploadId } }
  try {
    const parts = await gather(partsOf(body.sizeBytes), limits.uploadPartsMax, async (range, index) => {
      const number = index + 1
      const query = { partNumber: String(number), uploadId }
      const bytes = await bytesOf(body, range, key)
      const answer = await persist(() => send({ ...call, method: 'PUT', query, body: bytes }), patience)
      return { number, etag: answer.headers.etag ?? '' }
    })
    return await finish(ports, { key, uploadId, parts, sizeBytes: body.sizeBytes })
  } catch (thrown) {
    // Parts that stay are paid for. Where this fails too, a rule of the bucket removes them.
    await send({ ...call, method: 'DELETE', answers: [404] }).catch(() => undefined)
    throw thrown
  }
}

function partsOf(sizeBytes: number): readonly ByteRange[] {
  const partBytes = Math.max(limits.pieceBytesMax, Math.ceil(sizeBytes / limits.partsMax))
  return split({ start: 0, end: sizeBytes }, partBytes)
}

async function bytesOf({ file }: Body, { start, end }: ByteRange, key: string): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(end - start)
  const { bytesRead } = await file.read(bytes, 0, bytes.length, start)
  // The file was shortened while it was sent.
  if (bytesRead < bytes.length)
    throw failure('SLUICE_OBJECT_RANGE', { key, start, end, sizeBytes: start + bytesRead })
  return bytes
}

type Finish = {
  readonly key: string
  readonly uploadId: string
  readonly parts: readonly Part[]
  readonly sizeBytes: number
}

/**
 * The parts become the object. Asked again after an answer that was lost, the store no longer knows the
 * upload: then the object tells. This answer may also be an error with the status of success
 * ("CompleteMultipartUpload").
 */
async function finish(
  { address, send, requests, patience }: Ports,
  { key, uploadId, parts, sizeBytes }: Finish,
): Promise<ObjectMeta> {
  const list = parts.map(
    ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${encoded(etag)}</ETag></Part>`,
  )
  const body = Buffer.from(`<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`)
  const at = address.prefix + key
  const what = `write \`${key}\``
  const answer = await persist(async () => {
    const answer = await send({ method: 'POST', key: at, query: { uploadId }, body, what, answers: [404] })
    const code = textOf(answer.body.toString(), 'Code')
    if (code !== undefined && code !== 'NoSuchUpload')
      throw failure('SLUICE_OBJECT_STORE_FAILED', { store: address.describe, status: answer.status, code })
    return answer
  }, patience)
  const etag = textOf(answer.body.toString(), 'ETag')
  if (answer.status !== 404 && etag !== undefined) return { ...metaOf(answer, key, sizeBytes), etag }
  const standing = await requests.head(key)
  // The etag of an object in parts ends with their number.
  if (standing?.sizeBytes === sizeBytes && standing.etag.includes(`-${parts.length}`)) return standing
  throw failure('SLUICE_OBJECT_OUTCOME_UNKNOWN', {
    store: address.describe,
    key,
    words: 'The store no longer knows the upload.',
  })
}
