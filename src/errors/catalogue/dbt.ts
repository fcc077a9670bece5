import { and, entry, or } from '../entry.ts'

/** What can go wrong while a dbt project is read and parsed. */
export const dbt = {
  SLUICE_DBT_PYTHON_MISSING: entry<{ model: string; program: string; words: string }>({
    title: ({ model, program }) => `\`${model}\` is a model of Python, and \`${program}\` cannot run it.`,
    why: ({ words }) => words,
    fix: ({ program }) =>
      `Install the package: \`${program} -m pip install duckdb\`; or name another Python: \`SLUICE_PYTHON\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_PACKAGE: entry<{ name: string; words: string }>({
    title: ({ name }) => `The package \`${name}\` cannot be installed.`,
    why: ({ words }) => words,
    fix: () => 'Mend its entry in packages.yml or dependencies.yml.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_PACKAGE_AWAY: entry<{ name: string; words: string }>({
    title: ({ name }) => `The package \`${name}\` could not be fetched.`,
    why: ({ words }) => words,
    fix: () => 'Look at the address and at the network, and type the command again.',
    retry: 'later',
    exit: 2,
  }),
  SLUICE_DBT_STATE_MISSING: entry<{ flag: string; folder: string }>({
    title: ({ flag, folder }) =>
      folder === ''
        ? `\`${flag}\` needs to know where an earlier run lies.`
        : `\`${folder}\` holds nothing that \`${flag}\` could go on with.`,
    fix: () => 'Name the folder with the artefacts of that run: `--state DIR`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_RETRY: entry<{ command: string }>({
    title: ({ command }) => `The last command, \`${command}\`, cannot be tried again.`,
    fix: () => 'Type that command itself.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_FAILED: entry<{ words: string }>({
    title: ({ words }) => words,
    fix: () => 'Mend the code that is named.',
    retry: 'never',
    exit: 1,
  }),
  SLUICE_DBT_COMMAND_ABSENT: entry<{ command: string }>({
    title: ({ command }) => `\`sluice dbt ${command}\` is not there yet.`,
    fix: ({ command }) =>
      command === 'init'
        ? 'Write `dbt_project.yml` and `profiles.yml` by hand: the other commands take it from there.'
        : '`sluice dbt docs generate` writes what dbt\u2019s own pages of documentation read.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_CLEAN: entry<{ folder: string }>({
    title: ({ folder }) => `\`${folder}\` is not removed.`,
    why: () => 'It holds code of the project, or lies outside of it.',
    fix: () =>
      'Take it out of `clean-targets` in dbt_project.yml, or allow it: `--no-clean-project-files-only`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_PROBLEM: entry<{ title: string; notes: string }>({
    title: ({ title, notes }) => (notes === '' ? title : `${title}\n${notes}`),
    fix: () => 'Mend the file at the place that is shown; `sluice dbt doctor` lists all that is found.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_WARNING: entry<{ words: string }>({
    title: ({ words }) => words,
    fix: () => 'Mend what it warns of, or leave out `--warn-error`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_YAML: entry<{ path: string; words: string }>({
    title: ({ path }) => `\`${path}\` is not valid YAML.`,
    why: ({ words }) => words,
    fix: () => 'Mend the file at the place that is shown.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_PROJECT_NOT_FOUND: entry<{ folder: string }>({
    title: ({ folder }) => `There is no dbt project in \`${folder}\`.`,
    why: () => 'A dbt project is a folder with a file `dbt_project.yml`.',
    fix: () => 'Go to the folder of the project, or name it: `--project-dir`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_PROJECT_INVALID: entry<{ path: string; words: string }>({
    title: ({ path }) => `\`${path}\` does not say what a dbt project must say.`,
    why: ({ words }) => words,
    fix: () => 'Mend the file.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_PROFILES_NOT_FOUND: entry<{ path: string }>({
    title: ({ path }) => `There is no \`${path}\`.`,
    why: () => 'It says which database a dbt project is built in.',
    fix: () => 'Write one beside `dbt_project.yml`, or say where it lies: `--profiles-dir`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_PROFILE_UNSUPPORTED: entry<{ key: string; why: string }>({
    title: ({ key }) => `The profile's \`${key}\` is not supported.`,
    why: ({ why }) => `With Sluice, ${why}.`,
    fix: ({ key }) =>
      `Take \`${key}\` out of the output in profiles.yml, or choose another one: \`--target NAME\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_PROFILE: entry<{ path: string; words: string }>({
    title: () => 'The profile of the dbt project cannot be used.',
    why: ({ words }) => words,
    fix: ({ path }) => `Mend \`${path}\`, or choose another profile or target: \`--profile\`, \`--target\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_PACKAGES_MISSING: entry<{ required: number; installed: number; folder: string }>({
    title: ({ required, installed }) =>
      `The project asks for ${required === 1 ? '1 package' : `${required} packages`}, and has ${installed}.`,
    fix: ({ folder }) => `Install them into \`${folder}\`: \`sluice dbt deps\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_PACKAGE_TWICE: entry<{ name: string; first: string; second: string }>({
    title: ({ name }) => `Two packages are called \`${name}\`.`,
    why: ({ first, second }) => `They lie in \`${first}\` and \`${second}\`.`,
    fix: () => 'Remove one of them, or give it another `name` in its dbt_project.yml.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_VAR_MISSING: entry<{ name: string; path: string }>({
    title: ({ name }) => `The variable \`${name}\` has no value.`,
    why: ({ path }) => `\`${path}\` asks for it, without a default.`,
    fix: ({ name }) => `Set it under \`vars:\` in dbt_project.yml, or give it: \`--vars '{${name}: …}'\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_MACRO_NAMELESS: entry<{ tag: string }>({
    title: ({ tag }) => `A block \`${tag}\` has no name.`,
    fix: ({ tag }) => `Name it: \`{% ${tag} name(…) %}\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_MACRO_MISSING: entry<{ name: string }>({
    title: ({ name }) => `There is no macro \`${name}\`.`,
    fix: () => 'It is one of the built-in ones: install Sluice anew.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_TWICE: entry<{ type: string; name: string; first: string; second: string }>({
    title: ({ type, name }) => `Two resources of the kind ${type} are called \`${name}\`.`,
    why: ({ first, second }) => `They stand in \`${first}\` and \`${second}\`.`,
    fix: () => 'Give one of them another name.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_SAME_RELATION: entry<{ relation: string; first: string; second: string }>({
    title: ({ relation }) => `Two nodes would be built as ${relation}.`,
    why: ({ first, second }) => `They are \`${first}\` and \`${second}\`.`,
    fix: () => 'Give one of them another `schema` or `alias`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_AMBIGUOUS: entry<{ name: string; candidates: readonly string[] }>({
    title: ({ name }) => `\`${name}\` may mean several nodes.`,
    why: ({ candidates }) => `They are ${and(candidates)}.`,
    fix: ({ name }) => `Name the package too: \`ref('package', '${name}')\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_TARGET_MISSING: entry<{
    resource: string
    path: string
    kind: string
    name: string
    state: string
  }>({
    title: ({ resource, kind, name, state }) =>
      `\`${resource}\` depends on the ${kind} \`${name}\`, which ${state}.`,
    fix: ({ path, name }) => `Mend the name in \`${path}\`, or add \`${name}\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_CYCLE: entry<{ path: readonly string[] }>({
    title: () => 'Nodes read each other in a circle.',
    why: ({ path }) => path.join(' reads '),
    fix: () => 'Take one of these `ref`s out.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_ACCESS: entry<{ node: string; access: string }>({
    title: ({ node, access }) => `\`${node}\` cannot have the access \`${access}\`.`,
    fix: () => `It is one of ${or(['private', 'protected', 'public'])}.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_ACCESS_DENIED: entry<{ resource: string; target: string; access: string; scope: string }>({
    title: ({ resource, target }) => `\`${resource}\` may not read \`${target}\`.`,
    why: ({ access, scope }) => `It is ${access}: only ${scope} may.`,
    fix: ({ target }) => `Read another model, or give \`${target}\` a wider \`access\`.`,
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_SELECTOR: entry<{ words: string }>({
    title: () => 'A selector in `selectors.yml` cannot be understood.',
    why: ({ words }) => words,
    fix: () => 'Mend it.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_SELECTOR_MISSING: entry<{ name: string; known: readonly string[]; near: readonly string[] }>({
    title: ({ name }) => `There is no selector \`${name}\`.`,
    why: ({ known }) =>
      known.length > 0 ? `selectors.yml has ${and(known)}.` : 'The project has no selectors.yml.',
    fix: ({ near }) => (near.length > 0 ? `Did you mean ${or(near)}?` : 'Write it in selectors.yml.'),
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_SELECTION: entry<{ expression: string; words: string }>({
    title: ({ expression }) => `The selection \`${expression}\` cannot be followed.`,
    why: ({ words }) => words,
    fix: () => 'Write it as `model`, `+model`, `model+2`, `tag:nightly`, `path:models/staging` …',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_SELECTION_METHOD: entry<{
    expression: string
    method: string
    known: readonly string[]
    near: readonly string[]
  }>({
    title: ({ expression, method }) => `\`${method}\` in \`${expression}\` is no way to select.`,
    why: ({ known }) => `One selects by ${or(known)}.`,
    fix: ({ near }) => (near.length > 0 ? `Did you mean ${or(near)}?` : 'Choose one of these.'),
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_SELECTION_VALUE: entry<{
    expression: string
    value: string
    known: readonly string[]
    near: readonly string[]
  }>({
    title: ({ expression, value }) => `\`${value}\` in \`${expression}\` has no meaning there.`,
    why: ({ known }) => `It is one of ${or(known)}.`,
    fix: ({ near }) => (near.length > 0 ? `Did you mean ${or(near)}?` : 'Choose one of these.'),
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_STATE: entry<{ path: string; words: string }>({
    title: ({ path }) => `\`${path}\` cannot be read as the state of another run.`,
    why: ({ words }) => words,
    fix: () => 'Name a folder that `sluice dbt` or dbt 1.7 or later wrote: `--state FOLDER`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_CONTRACT_BROKEN: entry<{
    name: string
    path: string
    version: string
    broken: readonly string[]
  }>({
    title: ({ name, version }) => `Version ${version} of \`${name}\` breaks its contract.`,
    why: ({ path, broken }) => `In \`${path}\`, ${and(broken)}.`,
    fix: () => 'Leave this version as it was, and add a new one.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_PROPERTIES: entry<{ path: string; words: string }>({
    title: ({ path }) => `\`${path}\` says something that cannot be.`,
    why: ({ words }) => words,
    fix: () => 'Mend the file at the place that is shown.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_REFERENCE: entry<{ expression: string }>({
    title: ({ expression }) => `\`${expression}\` names no table.`,
    why: () => 'Here only names may stand, nothing that is computed.',
    fix: () => "Write `ref('model')` or `source('source', 'table')`.",
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_TEST: entry<{ on: string; words: string }>({
    title: ({ on }) => `A test of \`${on}\` cannot be understood.`,
    why: ({ words }) => words,
    fix: () => 'Write it as `- unique`, or `- accepted_values: { arguments: { values: […] } }`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_METRIC: entry<{ name: string; words: string }>({
    title: ({ name }) => `The metric \`${name}\` cannot be computed.`,
    why: ({ words }) => words,
    fix: () => 'Mend its `type_params`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_UNIT_TEST: entry<{ name: string; words: string }>({
    title: ({ name }) => `The unit test \`${name}\` cannot be run.`,
    why: ({ words }) => words,
    fix: () => 'Mend it.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_NODE: entry<{ name: string; words: string }>({
    title: ({ name }) => `\`${name}\` is not configured as it must be.`,
    why: ({ words }) => words,
    fix: () => 'Mend its `config`.',
    retry: 'never',
    exit: 2,
  }),
  SLUICE_DBT_PYTHON: entry<{ path: string; words: string }>({
    title: ({ path }) => `The Python model \`${path}\` cannot be understood.`,
    why: ({ words }) => words,
    fix: () => 'Write it as `def model(dbt, session): … return dataframe`.',
    retry: 'never',
    exit: 2,
  }),
}
