import type { Yaml } from '../yaml.ts'

/** Flags of dbt_project.yml by which dbt changes what parsing means, with dbt 1.11's defaults. */
export type Behaviour = {
  readonly genericTestArguments: boolean
  readonly moreUnrenderedValues: boolean
  readonly ownPackageFirst: boolean
  readonly uniqueResourceNames: boolean
  readonly macroArguments: boolean
}

export function behaviourOf(flags: { readonly [name: string]: Yaml }): Behaviour {
  const flag = (name: string, otherwise: boolean): boolean =>
    typeof flags[name] === 'boolean' ? flags[name] : otherwise
  return {
    genericTestArguments: flag('require_generic_test_arguments_property', true),
    moreUnrenderedValues: flag('state_modified_compare_more_unrendered_values', false),
    ownPackageFirst: flag('require_ref_searches_node_package_before_root', false),
    uniqueResourceNames: flag('require_unique_project_resource_names', false),
    macroArguments: flag('validate_macro_args', false),
  }
}
