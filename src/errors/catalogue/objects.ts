import { entry, or } from '../entry.ts'

/** What can go wrong with object stores: this disk, S3 and its kin. */
export const objects = {
  SLUICE_OBJECT_NOT_FOUND: entry<{ store: string; key: string }>({
    title: ({ store, key }) => `There is no object \`${key}\` in ${store}.`,
    fix: () =>
      'Look at the address; if the object was deleted, restore it or go back to a version without it.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_OBJECT_CHANGED: entry<{ store: string; key: string }>({
    title: ({ store, key }) => `\`${key}\` in ${store} was replaced while it was read.`,
    why: () => 'Its parts would have come from two different objects.',
    fix: () => 'Begin the read anew.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_OBJECT_KEY_INVALID: entry<{ key: string; words: string }>({
    title: ({ key, words }) => `\`${key}\` cannot be the key of an object: ${words}.`,
    fix: () => 'Keys are names joined by `/`, and all lie below the address of their store.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_OBJECT_RANGE: entry<{ key: string; start: number; end: number; sizeBytes: number | undefined }>({
    title: ({ key, start, end }) => `\`${key}\` has no bytes from ${start} to ${end}.`,
    why: ({ sizeBytes }) =>
      sizeBytes === undefined
        ? 'It ends before.'
        : `It holds ${sizeBytes} ${sizeBytes === 1 ? 'byte' : 'bytes'}.`,
    fix: () => 'The object is shorter than what names it says: restore it, or rebuild what names it.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_OBJECT_OUTCOME_UNKNOWN: entry<{ store: string; key: string; words: string }>({
    title: ({ store, key }) => `It is unknown whether \`${key}\` was written to ${store}.`,
    why: ({ words }) => words,
    fix: () => 'Try again: what was written is found and taken over.',
    retry: 'later',
    exit: 3,
  }),
  SLUICE_OBJECT_CUT: entry<{ store: string; key: string; bytes: number; wanted: number }>({
    title: ({ store, key, bytes, wanted }) =>
      `${store} sent ${bytes} of ${wanted} bytes of \`${key}\` and broke off.`,
    fix: () => 'Try again; if it comes back, look at the network between here and the store.',
    retry: 'later',
    exit: 3,
  }),
  SLUICE_OBJECT_CONDITION_UNSUPPORTED: entry<{ store: string; header: string }>({
    title: ({ store, header }) => `${store} does not keep the condition \`${header}\` of a write.`,
    why: () => 'Two writers at once could overwrite each other, so nothing was written.',
    fix: () =>
      'Use a store with conditional writes: S3, R2, MinIO since 2024, Ceph since Squid, or this disk.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_OBJECT_LOCKED: entry<{ path: string; waitedMs: number }>({
    title: ({ path, waitedMs }) => `Another process held \`${path}\` for more than ${waitedMs} ms.`,
    fix: () => 'Try again; if a stopped process holds it, end that process.',
    retry: 'later',
    exit: 3,
  }),
  SLUICE_OBJECT_DISK: entry<{ path: string; words: string }>({
    title: ({ path }) => `\`${path}\` cannot be read or written.`,
    why: ({ words }) => words,
    fix: () => 'Look at the disk and at the rights of this user there.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_OBJECT_DISK_FULL: entry<{ path: string }>({
    title: ({ path }) => `The disk under \`${path}\` is full.`,
    fix: ({ path }) => `Free some room and run again: \`df -h ${path}\`.`,
    retry: 'never',
    exit: 3,
  }),
  SLUICE_OBJECT_STORE_URL: entry<{ words: string }>({
    title: ({ words }) => `The address of an object store cannot be used: ${words}.`,
    fix: () => 'Write `s3://bucket/prefix`, a path of this machine, or `memory:`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_OBJECT_STORE_UNREACHABLE: entry<{ store: string; words: string }>({
    title: ({ store }) => `${store} cannot be reached.`,
    why: ({ words }) => words,
    fix: () => 'Look at the network and at the endpoint of the store.',
    retry: 'later',
    exit: 3,
  }),
  SLUICE_OBJECT_STORE_FAILED: entry<{ store: string; status: number; code: string }>({
    title: ({ store, status, code }) => `${store} failed with ${status}${code === '' ? '' : ` (${code})`}.`,
    fix: () => 'Try again later; it is busy or ill.',
    retry: 'later',
    exit: 3,
  }),
  SLUICE_OBJECT_STORE_REFUSED: entry<{ store: string; what: string; status: number; code: string }>({
    title: ({ store, what, status, code }) =>
      `${store} refused to ${what}: ${status}${code === '' ? '' : ` (${code})`}.`,
    fix: ({ status }) =>
      status === 401 || status === 403
        ? 'Give them the rights `s3:GetObject`, `s3:PutObject`, `s3:DeleteObject`, `s3:ListBucket`.'
        : 'Look at the bucket, the region and the endpoint.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_OBJECT_STORE_ANSWER: entry<{ store: string; words: string }>({
    title: ({ store, words }) => `The answer of ${store} cannot be understood: ${words}.`,
    fix: () => 'Look whether the endpoint speaks the protocol of S3.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_CREDENTIALS_MISSING: entry<{ tried: readonly string[] }>({
    title: () => 'No credentials for the object store were found.',
    why: ({ tried }) => `Looked at: ${tried.join(', ')}.`,
    fix: () => 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile: `AWS_PROFILE=name`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CREDENTIALS_PROFILE: entry<{ profile: string; words: string; near: readonly string[] }>({
    title: ({ profile, words }) => `The AWS profile \`${profile}\` cannot be used: ${words}.`,
    fix: ({ near }) =>
      near.length > 0 ? `Did you mean ${or(near)}?` : 'Mend it in `~/.aws/config` or `~/.aws/credentials`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_CREDENTIALS_REFUSED: entry<{ source: string; words: string }>({
    title: ({ source, words }) => `${source} gave no credentials: ${words}.`,
    fix: () => 'Look at the role, its trust policy and the token; then run again.',
    retry: 'never',
    exit: 3,
  }),
  SLUICE_CREDENTIALS_UNREACHABLE: entry<{ source: string; words: string }>({
    title: ({ source }) => `${source} cannot be asked for credentials.`,
    why: ({ words }) => words,
    fix: () => 'Try again; if it comes back, look at the network of this machine.',
    retry: 'later',
    exit: 3,
  }),
}
