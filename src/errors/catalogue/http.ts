import { entry } from '../entry.ts'

/**
 * What can go wrong between us and a server. `url` is always the redacted one: no user, no password, no
 * values of query parameters.
 */
export const http = {
  SLUICE_HTTP_URL: entry<{ words: string }>({
    title: ({ words }) => `The URL cannot be used: ${words}.`,
    fix: () => 'Write it in full, beginning with `https://` or `http://`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_HTTP_HEADER: entry<{ header: string }>({
    title: ({ header }) => `The value of the header \`${header}\` holds characters that HTTP forbids.`,
    fix: () => 'Look for a line break or a character beyond Latin-1 in the value or in the secret.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_SECRET_MISSING: entry<{ name: string }>({
    title: ({ name }) => `The secret \`${name}\` is not there.`,
    fix: ({ name }) => `Set the environment variable: \`export ${name}=…\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_HTTP_UNREACHABLE: entry<{ url: string; words: string }>({
    title: ({ url }) => `No connection to ${url}.`,
    why: ({ words }) => words,
    fix: ({ url }) => `See whether it answers from this machine: \`curl -I '${url}'\`.`,
    retry: 'later',
    exit: 3,
  }),
  SLUICE_HTTP_CUT: entry<{ url: string; bytes: number }>({
    title: ({ url, bytes }) => `The answer of ${url} broke off after ${bytes} bytes.`,
    fix: () => 'Run again; if it stays so, ask for smaller pages.',
    retry: 'later',
    exit: 3,
  }),
  SLUICE_HTTP_SILENT: entry<{ url: string; limit: string; ms: number; bytes: number }>({
    title: ({ url, ms, bytes }) =>
      bytes === 0
        ? `${url} did not answer within ${ms} ms.`
        : `The answer of ${url} did not end (${bytes} bytes came).`,
    why: ({ limit, ms }) => `The limit is \`${limit}\`, ${ms} ms.`,
    fix: () => 'Run again; if the server is slow by nature, raise the limit, or ask for smaller pages.',
    retry: 'later',
    exit: 3,
  }),
  SLUICE_HTTP_TOO_LARGE: entry<{ url: string; bytesMax: number }>({
    title: ({ url, bytesMax }) => `The answer of ${url} is larger than ${bytesMax} bytes.`,
    fix: () => 'Raise `bytesMax`, or ask for smaller pages.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_HTTP_BUSY: entry<{ url: string; status: number; afterMs: number | undefined }>({
    title: ({ url, status }) => `${url} asks for patience (status ${status}).`,
    why: ({ afterMs }) =>
      afterMs === undefined
        ? 'It does not say for how long.'
        : `It wants ${Math.ceil(afterMs / 1000)} s of quiet.`,
    fix: () => 'Run again later; to stay below its limit set `requestsPerSecondMax`.',
    retry: 'later',
    exit: 3,
  }),
  SLUICE_HTTP_SERVER: entry<{ url: string; status: number }>({
    title: ({ url, status }) => `${url} answered with an error of its own (status ${status}).`,
    fix: () => 'Run again; if it stays so, ask whoever runs the server.',
    retry: 'later',
    exit: 3,
  }),
  SLUICE_HTTP_REFUSED: entry<{ url: string; status: number }>({
    title: ({ url, status }) => `${url} refused us (status ${status}).`,
    fix: ({ status }) =>
      status === 401
        ? 'See whether the secret in `auth` is there, right and not expired.'
        : 'See whether this user may read it, and whether the secret in `auth` is the right one.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_HTTP_STATUS: entry<{ url: string; status: number }>({
    title: ({ url, status }) => `${url} answered with status ${status}.`,
    fix: ({ status }) =>
      status === 404
        ? 'See whether the address is right.'
        : 'See what its documentation says about this status.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_HTTP_REDIRECTS: entry<{ url: string; count: number }>({
    title: ({ url, count }) => `${url} sent us on more than ${count} times.`,
    fix: () => 'Open the address in a browser and use the one where it ends.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_HTTP_NOT_JSON: entry<{ url: string; type: string }>({
    title: ({ url, type }) => `${url} answered with ${type} instead of JSON.`,
    why: () => 'A login page, a proxy or a maintenance notice often does that.',
    fix: () => 'Open the address in a browser; see whether `auth` and the path are right.',
    retry: 'later',
    exit: 3,
  }),
  SLUICE_HTTP_JSON_BROKEN: entry<{ url: string; at: number; characters: number }>({
    title: ({ url }) => `The JSON that ${url} sent does not parse.`,
    why: ({ at, characters }) =>
      at >= characters
        ? `It ends in the middle, after ${characters} characters.`
        : `It breaks at character ${at} of ${characters}.`,
    fix: () => 'Run again; if it stays so, ask whoever runs the server.',
    retry: 'later',
    exit: 3,
  }),
  SLUICE_HTTP_RECORDS: entry<{ url: string; words: string }>({
    title: ({ url }) => `No list of records was found in what ${url} sent.`,
    why: ({ words }) => words,
    fix: () => "Say where the list lies: `records: 'data.items'`.",
    retry: 'never',
    exit: 1,
  }),
  SLUICE_HTTP_PAGES_LOOP: entry<{ url: string; pages: number }>({
    title: ({ url, pages }) =>
      `The pages of ${url} go in a circle: page ${pages} points to one that was there before.`,
    fix: () => 'See whether `paging` says what this server does; its parameter may be called differently.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_HTTP_PAGES_MANY: entry<{ url: string; pagesMax: number }>({
    title: ({ url, pagesMax }) => `${url} has more than ${pagesMax} pages.`,
    fix: () => 'Raise `pagesMax`, ask for larger pages, or load by a cursor.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_HTTP_POSITION: entry<{ url: string }>({
    title: ({ url }) => `The kept position does not fit the way ${url} is paged now.`,
    fix: () => 'Load it in full once: `sluice run <asset> --force`.',
    retry: 'never',
    exit: 1,
  }),
}
