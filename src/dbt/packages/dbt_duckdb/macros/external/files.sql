{#- Where an external model's file lies, how it is written, and who is told of it. -#}
{% macro external_location(relation, config) %}
  {%- set extension = '.' ~ config.get('format', 'parquet') if config.get('options', {}).get('partition_by') is none else '' -%}
  {{- adapter.external_root() ~ '/' ~ relation.identifier ~ extension -}}
{% endmacro %}

{% macro location_exists(location) %}
  {%- do return(adapter.location_exists(location)) -%}
{% endmacro %}

{#- The config `options`, each rendered; `format` and `delimiter` may also stand outside of it. -#}
{% macro render_write_options(config) %}
  {%- set options = config.get('options', {}) -%}
  {%- if options is not mapping -%}
    {%- do exceptions.raise_compiler_error('The config `options` is a dictionary, not: ' ~ options) -%}
  {%- endif -%}
  {%- for name in options -%}
    {%- do options.update({name: render(options[name])}) -%}
  {%- endfor -%}
  {%- for name in ['format', 'delimiter'] if config.get(name) -%}
    {%- do options.update({name: render(config.get(name))}) -%}
  {%- endfor -%}
  {%- do return(options) -%}
{% endmacro %}

{% macro write_to_file(relation, location, options) %}
  {%- call statement('write_to_file') -%}
    copy {{ relation }} to '{{ location }}' ({{ options }})
  {%- endcall -%}
{% endmacro %}

{% macro store_relation(plugin, relation, location, format, config) %}
  {%- do adapter.store_relation(plugin, relation, adapter.get_columns_in_relation(relation), location, format, config) -%}
{% endmacro %}
