import { entry, or } from '../entry.ts'

/** What can be wrong with files that are read, or with a file that is to be written. */
export const files = {
  SLUICE_FILES_MISSING: entry<{ path: string; folder: string; near: readonly string[] }>({
    title: ({ path }) => `There is no file \`${path}\`.`,
    why: ({ folder }) => `It was looked for in \`${folder}\`; relative paths begin at the project.`,
    fix: ({ near }) => (near.length > 0 ? `Did you mean ${or(near)}?` : 'Put it there, or mend the path.'),
    retry: 'never',
    exit: 3,
  }),
  SLUICE_FILES_NONE: entry<{ pattern: string }>({
    title: ({ pattern }) => `No file matches \`${pattern}\`.`,
    why: () => '`*` does not match `/` (that is `**`), nor names that begin with a dot.',
    fix: ({ pattern }) => `See what is there: \`ls ${pattern.replace(/[^/]*$/, '')}\`.`,
    retry: 'never',
    exit: 3,
  }),
  SLUICE_FILES_MANY: entry<{ path: string; files: number; filesMax: number }>({
    title: ({ path, files, filesMax }) =>
      `\`${path}\` names ${files} files; the most that one source takes is ${filesMax}.`,
    fix: () => 'Name fewer of them, or part them among several assets.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_FILES_FOLDER: entry<{ path: string }>({
    title: ({ path }) => `\`${path}\` is a folder, not a file.`,
    fix: ({ path }) =>
      `Name the files in it: \`${path.replace(/\/$/, '')}/*.csv\`, or \`**\` for those further down.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_FILES_FORMAT: entry<{ path: string; formats: readonly string[] }>({
    title: ({ path }) => `The name of \`${path}\` does not tell how the file is written.`,
    fix: ({ formats }) => `Say it: \`format:\` ${or(formats)}.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_FILES_UNREADABLE: entry<{ path: string }>({
    title: ({ path }) => `\`${path}\` may not be read.`,
    fix: ({ path }) => `Give this user the right to: \`chmod u+r ${path}\`.`,
    retry: 'never',
    exit: 3,
  }),
  SLUICE_FILES_GONE: entry<{ path: string }>({
    title: ({ path }) => `\`${path}\` was taken away while it was read.`,
    fix: () => 'Run again: the files that are there then are read.',
    retry: 'later',
    exit: 3,
  }),
  SLUICE_FILES_CUT: entry<{ path: string; words: string }>({
    title: ({ path }) => `\`${path}\` is cut off or damaged: it does not unpack.`,
    why: ({ words }) => `${words}.`,
    fix: () => 'Fetch the file again. Nothing of it was loaded.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_FILES_UNWRITABLE: entry<{ path: string }>({
    title: ({ path }) => `\`${path}\` cannot be written.`,
    fix: ({ path }) =>
      `See whose folder it is, and whether something else has the name: \`ls -ld ${path}*\`.`,
    retry: 'never',
    exit: 3,
  }),
  SLUICE_FILES_DISK_FULL: entry<{ path: string }>({
    title: ({ path }) => `The disk is full; \`${path}\` is as it was before.`,
    fix: () => 'Free some room and run again.',
    retry: 'never',
    exit: 3,
  }),
}
