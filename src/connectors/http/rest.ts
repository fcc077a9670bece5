import type { PagesRequest, Source } from '../../connect/index.ts'
import { failure, near } from '../../errors/index.ts'
import { isSecret, readUrl, redacted } from './address.ts'
import { about } from './about.ts'

export type RestOptions = Omit<PagesRequest, 'since' | 'after' | 'signal'> & {
  /** Address of the first page. */
  readonly url: string
  /** Name of the query parameter that takes the largest cursor value loaded so far: `updated_after`. */
  readonly since?: string
}

/**
 * A JSON API as a source, told and not programmed. A killed read goes on at its page.
 * @example ingest(rest({ url: 'https://api.example.com/orders', since: 'updated_after' }), {
 *   key: 'id', cursor: 'updated_at',
 * })
 */
export function rest<Row = unknown>(options: RestOptions): Source<Row> {
  const known = [...Object.keys(about.options), 'method', 'body']
  for (const option of Object.keys(options)) {
    if (!known.includes(option)) {
      throw failure('SLUICE_OPTION_UNKNOWN', { option, where: 'rest', near: near(option, known), known })
    }
  }
  const { url, since: parameter, ...request } = options
  const address = readUrl(url)
  return Object.freeze({
    about,
    describe: `http ${redacted(address)}`,
    options: Object.freeze(shown(options)),
    read: async function* ({ position, resumes, since }, { http, signal }) {
      const asked = parameter === undefined || since === undefined ? {} : { [parameter]: since }
      const query = { ...request.query, ...asked }
      // Pages are walked anew with every load; only a killed one goes on behind its last page.
      const after = resumes === true ? position : undefined
      for await (const page of http.pages(url, { ...request, query, after, signal })) {
        yield { kind: 'rows', rows: page.records, position: page.position }
      }
    },
  } satisfies Source<Row>)
}

/** For the manifest: what shapes the rows, and nothing that could be a secret. */
function shown({ url, records, paging, since, query, method, body }: RestOptions) {
  const parameters = Object.entries(query ?? {}).map(([name, value]) => [
    name,
    isSecret(value) ? '[secret]' : String(value),
  ])
  const said = { records, paging, since, method, body, query: query && Object.fromEntries(parameters) }
  const given = Object.entries(said).filter(([, value]) => value !== undefined)
  return { url: redacted(readUrl(url)), ...Object.fromEntries(given) }
}
