import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { text as textOfStream } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { Failure, failure } from '../../errors/index.ts'
import { inFolder } from '../conform.ts'
import { credentialSources } from './chain.ts'
import type { Credentials } from './credentials.ts'
import { readSections } from './ini.ts'
import { keep } from './kept.ts'
import { readProfiles } from './profile.ts'

const hush = 'hush-9f3c'
const ends = '2099-01-01T00:00:00Z'
const endsMs = Date.parse(ends)

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

type Asked = { readonly line: string; readonly headers: IncomingMessage['headers']; readonly body: string }

async function serve(
  answer: (asked: Asked, response: ServerResponse) => void,
): Promise<{ url: string; asked: Asked[] }> {
  const all: Asked[] = []
  const server = createServer(async (request, response) => {
    const body = await textOfStream(request)
    const asked = { line: `${request.method} ${request.url}`, headers: request.headers, body }
    all.push(asked)
    answer(asked, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  open.push(async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: all }
}

type Env = { readonly [name: string]: string }
/** No instance answers in a test unless it says so. */
const alone = { AWS_EC2_METADATA_DISABLED: 'true' }

/** What the whole chain finds, with files of profiles. */
async function find(
  env: Env,
  files: { readonly [path: string]: string } = {},
  profile?: string,
): Promise<Credentials> {
  return inFolder(async homeDir => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(homeDir, path)), { recursive: true })
      await writeFile(join(homeDir, path), text)
    }
    const own = Object.entries(env).map(([name, value]) => [name, value.replace('~', homeDir)])
    const surroundings = { env: { ...alone, ...Object.fromEntries(own) }, homeDir }
    const world = { ...surroundings, region: 'eu-west-1', signal: new AbortController().signal }
    return keep(credentialSources(await readProfiles(surroundings, profile), world), Date.now).current()
  })
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  throw expect.fail('it did not fail')
}

const keys = (name: string) => `aws_access_key_id = ${name}\naws_secret_access_key=${hush}\n`
const document = (id: string) =>
  JSON.stringify({
    Code: 'Success',
    AccessKeyId: id,
    SecretAccessKey: hush,
    Token: 'token',
    Expiration: ends,
  })
const given = (id: string) => ({
  accessKeyId: id,
  secretAccessKey: hush,
  sessionToken: 'token',
  expiresMs: endsMs,
})
const assumed = (id: string) =>
  `<R><Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>${hush}</SecretAccessKey>` +
  `<SessionToken>token</SessionToken><Expiration>${ends}</Expiration></Credentials></R>`

describe('where credentials are', () => {
  test('the environment, before the files', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'env', AWS_SECRET_ACCESS_KEY: hush, AWS_SESSION_TOKEN: 't' }
    const files = { '.aws/credentials': `[default]\n${keys('file')}` }
    expect(await find(env, files)).toEqual({ accessKeyId: 'env', secretAccessKey: hush, sessionToken: 't' })
    expect(await find(env, files, 'default')).toMatchObject({ accessKeyId: 'file' })
  })

  test('files of profiles: default, named, and elsewhere; credentials before config', async () => {
    const files = {
      '.aws/credentials': `[default]\n${keys('plain')}\n[both]\n${keys('credentials')}`,
      '.aws/config': `[profile work]\nregion = x\n${keys('work')}\n[profile both]\n${keys('config')}`,
      'elsewhere/keys': `[default]\n${keys('elsewhere')}`,
    }
    expect((await find({}, files)).accessKeyId).toBe('plain')
    expect((await find({ AWS_PROFILE: 'work' }, files)).accessKeyId).toBe('work')
    expect((await find({ AWS_PROFILE: 'both' }, files)).accessKeyId).toBe('credentials')
    expect((await find({ AWS_SHARED_CREDENTIALS_FILE: '~/elsewhere/keys' }, files)).accessKeyId).toBe(
      'elsewhere',
    )
  })

  test('a token of the web, read from its file for each renewal', async () => {
    const sts = await serve((_, response) => response.end(assumed('web')))
    const env = {
      AWS_WEB_IDENTITY_TOKEN_FILE: '~/token',
      AWS_ROLE_ARN: 'arn:aws:iam::1:role/r',
      AWS_ENDPOINT_URL_STS: sts.url,
    }
    expect(await find(env, { token: 'jwt-1\n' })).toEqual(given('web'))
    const form = new URLSearchParams(sts.asked[0]?.body)
    expect(Object.fromEntries(form)).toEqual({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: 'arn:aws:iam::1:role/r',
      RoleSessionName: 'sluice',
      WebIdentityToken: 'jwt-1',
    })
    expect(sts.asked[0]?.headers.authorization).toBe(undefined)
  })

  test('a role taken with the credentials of another profile, in a chain', async () => {
    const sts = await serve(({ body }, response) =>
      response.end(assumed(body.includes('second') ? 'second' : 'first')),
    )
    const config =
      `[profile two]\nrole_arn = arn:second\nsource_profile = one\nexternal_id = e\n` +
      `[profile one]\nrole_arn = arn:first\nsource_profile = base\n[profile base]\n${keys('base')}`
    const env = { AWS_PROFILE: 'two', AWS_ENDPOINT_URL_STS: sts.url }
    expect(await find(env, { '.aws/config': config })).toEqual(given('second'))
    const signers = sts.asked.map(({ headers }) =>
      /Credential=(\w+).*\/(\w+)\/aws4/.exec(headers.authorization ?? ''),
    )
    expect(signers.map(it => it?.slice(1))).toEqual([
      ['base', 'sts'],
      ['first', 'sts'],
    ])
    expect(sts.asked[1]?.body).toContain('ExternalId=e')
    const own = `[default]\nrole_arn = arn:first\nsource_profile = default\n${keys('own')}`
    expect(await find({ AWS_ENDPOINT_URL_STS: sts.url }, { '.aws/config': own })).toEqual(given('first'))
    const where = '[default]\nrole_arn = arn:first\ncredential_source = Environment\n'
    const named = { AWS_ENDPOINT_URL_STS: sts.url, AWS_ACCESS_KEY_ID: 'env', AWS_SECRET_ACCESS_KEY: hush }
    expect(await find(named, { '.aws/config': where }, 'default')).toEqual(given('first'))
  })

  test('the token that a sign-in left', async () => {
    const portal = await serve((_, response) => {
      const roleCredentials = {
        accessKeyId: 'sso',
        secretAccessKey: hush,
        sessionToken: 'token',
        expiration: endsMs,
      }
      response.end(JSON.stringify({ roleCredentials }))
    })
    const cache = (name: string) => `.aws/sso/cache/${createHash('sha1').update(name).digest('hex')}.json`
    const config =
      '[default]\nsso_session = corp\nsso_account_id = 12\nsso_role_name = reader\n' +
      '[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n'
    const env = { AWS_ENDPOINT_URL_SSO: portal.url }
    const token = JSON.stringify({ accessToken: 'bearer', expiresAt: ends })
    expect(await find(env, { '.aws/config': config, [cache('corp')]: token })).toEqual(given('sso'))
    expect(portal.asked[0]?.line).toBe('GET /federation/credentials?role_name=reader&account_id=12')
    expect(portal.asked[0]?.headers['x-amz-sso_bearer_token']).toBe('bearer')
    const old = JSON.stringify({ accessToken: hush, expiresAt: '2001-01-01T00:00:00Z' })
    for (const files of [{ '.aws/config': config, [cache('corp')]: old }, { '.aws/config': config }])
      expect((await failureOf(find(env, files))).title).toContain('`aws sso login --profile default`')
  })

  test('a container, with its token from a file', async () => {
    const container = await serve((_, response) => response.end(document('task')))
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/v1/credentials?id=3`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '~/token',
    }
    expect(await find(env, { token: 'pod\n' })).toEqual(given('task'))
    expect(container.asked[0]).toMatchObject({
      line: 'GET /v1/credentials?id=3',
      headers: { authorization: 'pod' },
    })
    for (const url of [
      'http://example.com/',
      'http://127.0.0.1.example.com/',
      'http://169.254.1.1/',
      'nonsense',
    ])
      expect((await failureOf(find({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url }))).code).toBe(
        'SLUICE_CREDENTIALS_REFUSED',
      )
  })

  test('an instance, by a token of its own; none where nobody answers', async () => {
    const instance = await serve(({ line, headers }, response) => {
      const isKnown = headers['x-aws-ec2-metadata-token'] === 'session'
      if (line === 'PUT /latest/api/token') response.end('session')
      else if (!isKnown) response.writeHead(401).end()
      else response.end(line.endsWith('/') ? 'reader\n' : document('instance'))
    })
    const env = { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: instance.url }
    expect(await find(env)).toEqual(given('instance'))
    expect(instance.asked.map(({ line }) => line)).toEqual([
      'PUT /latest/api/token',
      'GET /latest/meta-data/iam/security-credentials/',
      'GET /latest/meta-data/iam/security-credentials/reader',
    ])
    const nobody = await failureOf(find({ ...env, AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }))
    expect([nobody.code, nobody.why]).toEqual([
      'SLUICE_CREDENTIALS_MISSING',
      'Looked at: AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE, the profile `default`, ' +
        'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, the metadata of the instance.',
    ])
  })

  test.each([
    ['a profile that is not there', { AWS_PROFILE: 'wrok' }, `[profile work]\n${keys('x')}`, 'there is none'],
    [
      'a circle',
      {},
      '[default]\nrole_arn=a\nsource_profile=b\n[profile b]\nrole_arn=c\nsource_profile=default',
      'back',
    ],
    ['nobody to take a role', {}, '[default]\nrole_arn=a\n', 'with whose credentials'],
    ['another program', {}, '[default]\ncredential_process = x\n', 'starts no other programs'],
    ['half a sign-in', {}, '[default]\nsso_account_id = 1\n', 'not complete'],
  ])('%s is a failure', async (...row) => {
    const [, env, config, words] = row
    const failed = await failureOf(find(env as Env, { '.aws/config': config }))
    expect([failed.code, failed.title]).toEqual([
      'SLUICE_CREDENTIALS_PROFILE',
      expect.stringContaining(words),
    ])
  })

  test('a refusal is told by its code, without what was sent or answered', async () => {
    const sts = await serve((_, response) =>
      response.writeHead(400).end(`<E><Code>InvalidIdentityToken</Code><Message>${hush}</Message></E>`),
    )
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: '~/token', AWS_ROLE_ARN: 'arn', AWS_ENDPOINT_URL_STS: sts.url }
    const failed = await failureOf(find(env, { token: hush }))
    expect(failed.title).toBe('AWS STS gave no credentials: InvalidIdentityToken.')
    const broken = await serve((_, response) => response.end(`{"AccessKeyId":"${hush}`))
    const other = await failureOf(find({ AWS_CONTAINER_CREDENTIALS_FULL_URI: broken.url }))
    const said = [failed, other].map(it => `${it.title} ${it.why} ${it.fix} ${it.cause}`).join('\n')
    expect(said).not.toContain(hush)
  })
})

describe('credentials that end', () => {
  const minuteMs = 60_000
  const source = (load: (n: number) => Promise<Credentials>) => {
    let loads = 0
    return { kept: keep([{ name: 'x', load: () => load(++loads) }], () => nowMs), loads: () => loads }
  }
  let nowMs = 0
  const until = (n: number, expiresMs: number) => ({ accessKeyId: `${n}`, secretAccessKey: hush, expiresMs })

  test('are renewed five minutes before, once for all who ask', async () => {
    nowMs = 0
    const { kept, loads } = source(async n => until(n, n * 60 * minuteMs))
    const ids = async () =>
      (await Promise.all([kept.current(), kept.current(), kept.current()])).map(it => it.accessKeyId)
    expect(await ids()).toEqual(['1', '1', '1'])
    nowMs = 54 * minuteMs
    expect(await ids()).toEqual(['1', '1', '1'])
    nowMs = 56 * minuteMs
    expect(await ids()).toEqual(['2', '2', '2'])
    expect(loads()).toBe(2)
  })

  test('serve on while they are good and the source cannot be reached, and no longer', async () => {
    nowMs = 0
    const down = () => failure('SLUICE_CREDENTIALS_UNREACHABLE', { source: 'It', words: 'down' })
    const { kept } = source(async n => {
      if (n > 1) throw down()
      return until(n, 60 * minuteMs)
    })
    await kept.current()
    nowMs = 58 * minuteMs
    expect((await kept.current()).accessKeyId).toBe('1')
    nowMs = 60 * minuteMs
    expect((await failureOf(kept.current())).code).toBe('SLUICE_CREDENTIALS_UNREACHABLE')
  })

  test('dropped ones are found anew, and those that come again are not dropped again', async () => {
    const { kept, loads } = source(async () => ({
      accessKeyId: 'a',
      secretAccessKey: hush,
      sessionToken: 's',
    }))
    expect(kept.drop(await kept.current())).toBe(true)
    expect(kept.drop(await kept.current())).toBe(false)
    expect(loads()).toBe(2)
  })
})

test('profile files: comments, indented values, spaces and quotes', () => {
  const text =
    '# comment\r\n[ profile  "my  work" ]\r\nRegion = eu-west-1 ; why\ns3 =\n  max = 1\n; x = y\nempty =\n' +
    '[default]\nsecret = a=b#c\n[default]\nmore = 1'
  expect([...readSections(text)]).toEqual([
    ['profile my work', { region: 'eu-west-1', s3: '', empty: '' }],
    ['default', { secret: 'a=b#c', more: '1' }],
  ])
})
