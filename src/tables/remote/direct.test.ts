import { expect, test } from 'vitest'
import { memoryStore, type ObjectStore } from '../../objects/index.ts'
import { failureIn, secretSql } from './direct.ts'

const site = { region: 'eu-central-1', endpoint: undefined, addressing: 'virtual' } as const
const named = { name: 's', scope: 's3://shop/lake/', site }

test('a secret says who asks, where, and for which addresses', () => {
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: "it's", sessionToken: 'to"ken' }
  expect(secretSql({ ...named, credentials })).toBe(
    `create or replace temporary secret "s" (type s3, provider config, scope 's3://shop/lake/', ` +
      `region 'eu-central-1', key_id 'AKIA', secret 'it''s', session_token 'to"ken', url_style 'vhost')`,
  )
  const minio = { ...site, endpoint: new URL('http://minio:9000'), addressing: 'path' } as const
  expect(secretSql({ ...named, site: minio, credentials: undefined })).toBe(
    `create or replace temporary secret "s" (type s3, provider config, scope 's3://shop/lake/', ` +
      `region 'eu-central-1', endpoint 'minio:9000', use_ssl false, url_style 'path')`,
  )
})

const store: ObjectStore = {
  ...memoryStore(),
  direct: {
    url: key => `s3://shop/lake/${key}`,
    site: () => site,
    credentials: async () => undefined,
  },
}

test.each([
  [
    "HTTP Error: HTTP GET error reading 's3://shop/lake/a/b.parquet' in region 'us-east-1' (HTTP 404 Not Found)",
    'SLUICE_OBJECT_NOT_FOUND',
  ],
  [
    "HTTP Error: HTTP GET error reading 'http://minio:9000/shop/lake/a/b.parquet' in region 'x' (HTTP 403 Forbidden)",
    'SLUICE_OBJECT_STORE_REFUSED',
  ],
  [
    "HTTP Error: HTTP GET error reading 'https://shop.s3.amazonaws.com/lake/a/b.parquet' (HTTP 400 Bad Request)",
    'SLUICE_OBJECT_STORE_REFUSED',
  ],
  [
    "HTTP Error: HTTP GET error reading 'http://minio:9000/shop/lake/a%2Fb.parquet' in region 'x' (HTTP 403 Forbidden)",
    'SLUICE_OBJECT_STORE_REFUSED',
  ],
  [
    "HTTP Error: Request returned HTTP 503 for HTTP HEAD to 'http://minio:9000/shop/lake/a/b.parquet'",
    'SLUICE_OBJECT_STORE_FAILED',
  ],
  [
    "IO Error: Could not connect to server error for HTTP HEAD to 'http://minio:9000/shop/lake/a/b.parquet'",
    'SLUICE_OBJECT_STORE_UNREACHABLE',
  ],
  ["HTTP Error: HTTP GET error reading 's3://other/lake/a/b.parquet' (HTTP 404 Not Found)", undefined],
  ["HTTP Error: HTTP GET error reading 's3://shop/other/b.parquet' (HTTP 404 Not Found)", undefined],
  ["Binder Error: no column 's3://shop/lake/a/b.parquet' HTTP 404", undefined],
  ["Conversion Error: Could not convert string 's3://shop/lake/x HTTP 404' to INT32", undefined],
])('%s', (words, code) => {
  const told = failureIn(words, store)
  expect(told?.code).toBe(code)
  if (code?.endsWith('REFUSED') || code?.endsWith('FOUND'))
    expect(JSON.stringify(told)).toContain('a/b.parquet')
})
