{#-
  What follows a Python model's own code, so that `dbt.ref`, `dbt.source`, `dbt.config`, `dbt.this` and
  `dbt.is_incremental` work: a class `dbtObj`, made with the function that loads a relation as a data
  frame.
-#}
{% macro py_script_postfix(model) %}
# What follows is made by the project's runner, not by the author of the model.

{{ build_ref_function(model) }}
{{ build_source_function(model) }}
{{ build_config_dict(model) }}

class config:
    def __init__(self, *args, **kwargs):
        pass

    @staticmethod
    def get(key, default=None):
        return config_dict.get(key, default)

    @staticmethod
    def meta_get(key, default=None):
        return meta_dict.get(key, default)


class this:
    """The relation of this model: dbt.this, dbt.this.schema."""
    database = {{ (this.database | string) | tojson }}
    schema = {{ (this.schema | string) | tojson }}
    identifier = {{ (this.identifier | string) | tojson }}

    def __repr__(self):
        return {{ resolve_model_name(this) | tojson }}


class dbtObj:
    def __init__(self, load_df_function):
        self.ref = lambda *args, **kwargs: ref(*args, **kwargs, dbt_load_df_function=load_df_function)
        self.source = lambda *args: source(*args, dbt_load_df_function=load_df_function)
        self.config = config
        self.this = this()
        self.is_incremental = {{ is_incremental() }}

{{ py_script_comment() }}
{% endmacro %}

{#- How to run the code by hand; adapters say it. -#}
{% macro py_script_comment() %}
{% endmacro %}


{% macro build_ref_function(model) %}
  {%- set relations = {} -%}
  {%- for wanted in model.refs -%}
    {%- set names = [wanted['package'], wanted['name']] if wanted.get('package') else [wanted['name']] -%}
    {%- set relation = ref(*names, v=wanted.get('version')) -%}
    {#-
      Rendered bare, without --empty and --sample; but projects override `ref`, and then it may be a text.
    -#}
    {%- if relation.render is defined and relation.render is callable -%}
      {%- set relation = relation.render() -%}
    {%- endif -%}
    {%- if wanted.get('version') -%}
      {%- do names.append('v' ~ wanted['version']) -%}
    {%- endif -%}
    {%- do relations.update({names | join('.'): resolve_model_name(relation)}) -%}
  {%- endfor -%}
def ref(*args, **kwargs):
    relations = {{ relations | tojson }}
    key = ".".join(args)
    version = kwargs.get("v") or kwargs.get("version")
    if version:
        key += f".v{version}"
    return kwargs["dbt_load_df_function"](relations[key])
{% endmacro %}

{% macro build_source_function(model) %}
  {%- set relations = {} -%}
  {%- for names in model.sources -%}
    {%- do relations.update({names | join('.'): resolve_model_name(source(*names))}) -%}
  {%- endfor -%}
def source(*args, dbt_load_df_function):
    relations = {{ relations | tojson }}
    return dbt_load_df_function(relations[".".join(args)])
{% endmacro %}

{#- The values of those keys that the code asks for; parsing noted them. -#}
{% macro build_config_dict(model) %}
  {%- set values, meta_values = {}, {} -%}
  {%- for key, default in zip(model.config.config_keys_used, model.config.config_keys_defaults) -%}
    {%- do values.update({key: model.config.get(key, default)}) -%}
  {%- endfor -%}
  {%- if model.config.meta_keys_used -%}
    {%- for key, default in zip(model.config.meta_keys_used, model.config.meta_keys_defaults) -%}
      {%- do meta_values.update({key: (model.config.meta or {}).get(key, default)}) -%}
    {%- endfor -%}
  {%- endif -%}
config_dict = {{ values }}
meta_dict = {{ meta_values }}
{% endmacro %}


{#- A relation's name as Python code gives it to the database. -#}
{% macro resolve_model_name(input_model_name) %}
  {%- do return(adapter.dispatch('resolve_model_name', 'dbt')(input_model_name)) -%}
{% endmacro %}

{% macro default__resolve_model_name(input_model_name) %}
  {{- input_model_name | string -}}
{% endmacro %}
