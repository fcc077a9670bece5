import type { About } from '../../connect/index.ts'
import { limits } from './limits.ts'

export const about: About = {
  name: 'http',
  summary: 'Any JSON API over HTTP: five ways of paging, auth, rate limits, retries, resumed page by page',
  tier: 'real server',
  needs: {},
  can: { read: true },
  limits,
  options: {
    url: {
      type: 'string',
      summary: 'Address of the first page.',
      required: true,
      example: 'https://api.example.com/orders',
    },
    records: {
      type: 'string',
      summary: 'Path to the list of records in a page. The page itself, or its only list, unless said.',
      example: 'data.items',
    },
    paging: {
      type: 'object',
      summary: 'How one page leads to the next. By `Link` header or a link in the body unless said.',
      example: "{ by: 'cursor', path: 'meta.next', parameter: 'cursor' }",
    },
    auth: {
      type: 'object',
      summary: 'Bearer token, user and password, or a header of the API.',
      example: "{ bearer: secret('SHOP_TOKEN') }",
    },
    headers: { type: 'object', summary: 'Headers by name; values may be secrets.' },
    query: { type: 'object', summary: 'Query parameters by name; values may be secrets.' },
    since: {
      type: 'string',
      summary: 'Name of the query parameter that takes the largest cursor value loaded so far.',
      example: 'updated_after',
    },
    requestsPerSecondMax: { type: 'number', summary: 'The server is asked no more often than this.' },
    pagesMax: { type: 'number', summary: 'More pages than this are a failure.', default: '100000' },
    timeoutMs: { type: 'number', summary: 'Longest silence of the server.', default: '60000' },
    attemptsMax: { type: 'number', summary: 'Attempts for one page.', default: '5' },
    bytesMax: { type: 'number', summary: 'Largest page.', default: '268435456' },
  },
}
