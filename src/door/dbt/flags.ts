/** The flags of `sluice dbt`, in dbt's own names. Reader, help and settings are made from this table. */
export type FlagSpec = {
  readonly name: string
  /** `on`: it takes no value, and `--no-NAME` is its contrary. `texts`: all words up to the next flag. */
  readonly kind: 'on' | 'text' | 'texts' | 'number' | 'yaml'
  /** Other long names of the same flag. */
  readonly also?: readonly string[]
  /** One letter. */
  readonly short?: string
  /** What the value is called in help. */
  readonly value?: string
  readonly summary: string
  readonly choices?: readonly string[]
  /** Commands that take it; absent: all. */
  readonly on?: readonly DbtCommand[]
  /** It is taken from `DBT_NAME` and from `flags:` of dbt_project.yml where the command line says nothing. */
  readonly isLasting?: true
}

export const dbtCommands = [
  'build',
  'run',
  'test',
  'seed',
  'snapshot',
  'clone',
  'retry',
  'parse',
  'compile',
  'list',
  'show',
  'run-operation',
  'source freshness',
  'docs generate',
  'deps',
  'debug',
  'clean',
  'doctor',
] as const
export type DbtCommand = (typeof dbtCommands)[number]

const building = ['build', 'run', 'test', 'seed', 'snapshot', 'clone'] as const
const selecting = [...building, 'compile', 'list', 'show', 'source freshness', 'docs generate'] as const
const typed = ['build', 'test', 'clone', 'list'] as const

const resourceTypes = [
  'metric',
  'semantic_model',
  'saved_query',
  'source',
  'analysis',
  'model',
  'test',
  'unit_test',
  'exposure',
  'snapshot',
  'seed',
  'function',
  'default',
] as const

/** Flags that do something here. */
const heard: readonly FlagSpec[] = [
  {
    name: 'select',
    kind: 'texts',
    also: ['models', 'model'],
    short: 's',
    value: 'NODES',
    summary: 'only these: names, paths, `+upstream`, `downstream+`, `tag:daily`, `state:modified`',
    on: selecting,
  },
  { name: 'exclude', kind: 'texts', value: 'NODES', summary: 'all but these', on: selecting },
  {
    name: 'selector',
    kind: 'text',
    value: 'NAME',
    summary: 'what selectors.yml says under this name',
    on: selecting,
  },
  {
    name: 'resource-type',
    kind: 'texts',
    also: ['resource-types'],
    value: 'TYPES',
    summary: 'only these kinds of nodes',
    choices: [...resourceTypes, 'all'],
    on: typed,
    isLasting: true,
  },
  {
    name: 'exclude-resource-type',
    kind: 'texts',
    also: ['exclude-resource-types'],
    value: 'TYPES',
    summary: 'none of these kinds',
    choices: resourceTypes,
    on: typed,
    isLasting: true,
  },
  {
    name: 'indirect-selection',
    kind: 'text',
    value: 'MODE',
    summary: 'which tests come with a selection: eager, cautious, buildable, empty',
    choices: ['eager', 'cautious', 'buildable', 'empty'],
    isLasting: true,
  },
  {
    name: 'full-refresh',
    kind: 'on',
    short: 'f',
    summary: 'incremental models and seeds from scratch',
    on: ['build', 'run', 'seed', 'compile', 'show', 'clone', 'retry'],
    isLasting: true,
  },
  { name: 'fail-fast', kind: 'on', short: 'x', summary: 'stop at the first failure', isLasting: true },
  { name: 'threads', kind: 'number', value: 'N', summary: 'so many nodes at once' },
  { name: 'single-threaded', kind: 'on', summary: 'one node at a time', isLasting: true },
  {
    name: 'target',
    kind: 'text',
    short: 't',
    value: 'NAME',
    summary: 'a target of the profile',
    isLasting: true,
  },
  { name: 'profile', kind: 'text', value: 'NAME', summary: 'a profile of profiles.yml', isLasting: true },
  {
    name: 'profiles-dir',
    kind: 'text',
    value: 'DIR',
    summary: 'where profiles.yml lies',
    isLasting: true,
  },
  {
    name: 'project-dir',
    kind: 'text',
    value: 'DIR',
    summary: 'where dbt_project.yml lies',
    isLasting: true,
  },
  {
    name: 'target-path',
    kind: 'text',
    value: 'DIR',
    summary: 'where artefacts and compiled code go',
    isLasting: true,
  },
  { name: 'vars', kind: 'yaml', value: 'YAML', summary: 'variables, as YAML or JSON' },
  {
    name: 'state',
    kind: 'text',
    value: 'DIR',
    summary: 'artefacts of an earlier run, for `state:`, `result:`, --defer, clone and retry',
    isLasting: true,
  },
  {
    name: 'defer',
    kind: 'on',
    summary: 'read what is not built here from where --state has it',
    isLasting: true,
  },
  {
    name: 'defer-state',
    kind: 'text',
    value: 'DIR',
    summary: 'another --state for --defer',
    isLasting: true,
  },
  {
    name: 'favor-state',
    kind: 'on',
    summary: 'with --defer: also where it does stand here',
    isLasting: true,
  },
  {
    name: 'store-failures',
    kind: 'on',
    summary: 'keep the rows that failed a test in tables',
    on: ['build', 'test'],
    isLasting: true,
  },
  {
    name: 'empty',
    kind: 'on',
    summary: 'read no rows: only try whether it can be built',
    on: ['build', 'run', 'snapshot', 'compile'],
    isLasting: true,
  },
  {
    name: 'sample',
    kind: 'text',
    value: 'TIME',
    summary: 'only rows of this time: `3 days`, or a mapping of start and end',
    on: ['build', 'run'],
    isLasting: true,
  },
  {
    name: 'event-time-start',
    kind: 'text',
    value: 'TIME',
    summary: 'microbatch models: from here',
    on: ['build', 'run'],
    isLasting: true,
  },
  {
    name: 'event-time-end',
    kind: 'text',
    value: 'TIME',
    summary: 'microbatch models: up to here',
    on: ['build', 'run'],
    isLasting: true,
  },
  { name: 'warn-error', kind: 'on', summary: 'every warning is an error', isLasting: true },
  {
    name: 'warn-error-options',
    kind: 'yaml',
    value: 'YAML',
    summary: 'which warnings are errors, and which are silent',
    isLasting: true,
  },
  { name: 'quiet', kind: 'on', short: 'q', summary: 'only failures and what was asked for', isLasting: true },
  {
    name: 'log-format',
    kind: 'text',
    value: 'FORMAT',
    summary: '`json` means --json',
    choices: ['text', 'debug', 'json', 'default'],
    isLasting: true,
  },
  {
    name: 'write-json',
    kind: 'on',
    summary: 'write artefacts; they are unless --no-write-json',
    isLasting: true,
  },
  {
    name: 'show',
    kind: 'on',
    summary: 'show the first rows of each seed',
    on: ['build', 'seed'],
  },
  {
    name: 'inline',
    kind: 'text',
    value: 'SQL',
    summary: 'this code instead of a node of the project',
    on: ['compile', 'show'],
  },
  { name: 'limit', kind: 'number', value: 'N', summary: 'so many rows; -1: all of them', on: ['show'] },
  {
    name: 'output',
    kind: 'text',
    value: 'FORM',
    summary: 'list: name, path, selector or json; show, compile: text or json; freshness: a file',
    on: ['list', 'show', 'compile', 'source freshness'],
  },
  {
    name: 'output-keys',
    kind: 'texts',
    value: 'KEYS',
    summary: 'which facts --output json tells',
    on: ['list'],
  },
  { name: 'args', kind: 'yaml', value: 'YAML', summary: 'arguments of the macro', on: ['run-operation'] },
  {
    name: 'compile',
    kind: 'on',
    summary: 'compile first; --no-compile does not',
    on: ['docs generate'],
  },
  { name: 'empty-catalog', kind: 'on', summary: 'ask nothing of the database', on: ['docs generate'] },
  { name: 'connection', kind: 'on', summary: 'try the connection only', on: ['debug'] },
  { name: 'config-dir', kind: 'on', summary: 'only say where profiles.yml lies', on: ['debug'] },
  {
    name: 'upgrade',
    kind: 'on',
    summary: 'newest versions that are allowed, not those of package-lock.yml',
    on: ['deps'],
  },
  { name: 'lock', kind: 'on', summary: 'write package-lock.yml, and install nothing', on: ['deps'] },
  {
    name: 'clean-project-files-only',
    kind: 'on',
    summary: 'nothing outside of the project; --no-… allows it',
    on: ['clean'],
    isLasting: true,
  },
  { name: 'print', kind: 'on', summary: 'what macros print; --no-print leaves it out', isLasting: true },
]

const unheard = (name: string, kind: FlagSpec['kind'] = 'on', more: Partial<FlagSpec> = {}): FlagSpec => ({
  name,
  kind,
  summary: '',
  ...more,
})

/**
 * Flags of dbt's that mean nothing here, and are taken in silence: there is one parser and it is always
 * fast, the cache is filled as it is asked, nothing is sent anywhere, and words are coloured by the
 * terminal's own rules.
 */
const ignored: readonly FlagSpec[] = [
  unheard('partial-parse'),
  unheard('partial-parse-file-diff'),
  unheard('partial-parse-file-path', 'text'),
  unheard('static-parser'),
  unheard('use-experimental-parser'),
  unheard('use-fast-test-edges'),
  unheard('populate-cache'),
  unheard('cache-selected-only'),
  unheard('log-cache-events'),
  unheard('log-file-max-bytes', 'number'),
  unheard('log-format-file', 'text'),
  unheard('log-level', 'text'),
  unheard('log-level-file', 'text'),
  unheard('log-path', 'text'),
  unheard('use-colors'),
  unheard('use-colors-file'),
  unheard('printer-width', 'number'),
  unheard('macro-debugging'),
  unheard('debug', 'on', { short: 'd' }),
  unheard('record-timing-info', 'text', { short: 'r' }),
  unheard('send-anonymous-usage-stats'),
  unheard('upload-to-artifacts-ingest-api'),
  unheard('version-check'),
  unheard('show-all-deprecations'),
  unheard('show-resource-report'),
  unheard('introspect'),
  unheard('inject-ephemeral-ctes'),
  unheard('sqlparse', 'text'),
  unheard('static', 'on', { on: ['docs generate'] }),
  unheard('export-saved-queries', 'on', { on: ['build'] }),
  unheard('include-saved-query', 'on', { on: ['build'] }),
]

export const dbtFlags: readonly FlagSpec[] = [...heard, ...ignored]

/** What a command is called in `flags.WHICH` and in artefacts. */
export function whichOf(command: DbtCommand): string {
  return command.split(' ').at(-1) ?? command
}

/** `dbt run --select orders`, as artefacts tell what was typed. */
export function commandLine(
  command: DbtCommand,
  words: readonly string[],
  args: { readonly [name: string]: unknown },
): string {
  const flags = Object.entries(args).flatMap(([name, value]) => {
    const flag = `--${name.replaceAll('_', '-')}`
    if (value === true) return [flag]
    if (value === false) return []
    if (Array.isArray(value)) return [flag, ...value.map(String)]
    return [flag, typeof value === 'object' ? JSON.stringify(value) : String(value)]
  })
  return ['dbt', command, ...words, ...flags].join(' ')
}
