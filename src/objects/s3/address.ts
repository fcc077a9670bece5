import { failure } from '../../errors/index.ts'
import type { Settings } from '../credentials/profile.ts'
import type { Surroundings } from '../open.ts'
import type { S3Options } from './options.ts'

/** Where a bucket is. */
export type Address = {
  readonly describe: string
  readonly bucket: string
  /** Before every key: '' or a path that ends with a slash. */
  readonly prefix: string
  /** undefined: AWS. */
  readonly endpoint: URL | undefined
  readonly addressing: 'path' | 'virtual'
  /** What the first request is signed for; a store that knows better says so. */
  readonly region: string
}

/** Scheme and host of the bucket in a region, and what its paths begin with. */
export type Site = { readonly origin: URL; readonly base: string }

export function readAddress(
  url: string,
  options: S3Options,
  { settings, env }: { readonly settings: Settings; readonly env: Surroundings['env'] },
): Address {
  const [, bucket = '', path = ''] = /^s3[an]?:\/\/([^/?#]+)\/?(.*)$/i.exec(url) ?? []
  // Amazon S3 user guide, "Bucket naming rules"; older buckets have capitals and underscores.
  if (!/^[\w][\w.-]{1,254}$/.test(bucket)) throw unusable('it names no bucket: `s3://bucket/prefix`')
  const prefix = path.replace(/\/+$/, '')
  const endpoint =
    options.endpoint ?? env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'] ?? settings.endpoint
  return {
    describe: `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`,
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint: endpoint === undefined || endpoint === '' ? undefined : readEndpoint(endpoint),
    addressing: options.addressing ?? (endpoint === undefined && !bucket.includes('.') ? 'virtual' : 'path'),
    region:
      options.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? settings.region ?? 'us-east-1',
  }
}

function readEndpoint(text: string): URL {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw unusable('its endpoint is no `https://…`')
  return new URL(text)
}

function unusable(words: string): Error {
  return failure('SLUICE_OBJECT_STORE_URL', { words })
}

export function siteOf({ endpoint, bucket, addressing }: Address, region: string): Site {
  const origin = new URL(
    endpoint ?? `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
  )
  const folder = origin.pathname.replace(/\/+$/, '')
  origin.pathname = ''
  if (addressing === 'path') return { origin, base: `${folder}/${bucket}` }
  origin.hostname = `${bucket}.${origin.hostname}`
  return { origin, base: folder }
}
