{#- A file, or a folder of them, with a view that reads it. -#}
{% materialization external, adapter='duckdb', supported_languages=['sql', 'python'] %}
  {%- set location = render(config.get('location', default=external_location(this, config))) -%}
  {%- set options = render_write_options(config) -%}
  {#- This also settles the format, from the file's name where it is not told. -#}
  {%- set write_options = adapter.external_write_options(location, options) -%}

  {%- set formats = ['csv', 'parquet', 'json'] -%}
  {%- set format = config.get('format') -%}
  {%- if format and format not in formats -%}
    {%- do exceptions.raise_compiler_error(
      'Invalid format: ' ~ format ~ '. Allowed formats are: ' ~ formats | join(', ')
    ) -%}
  {%- elif not format -%}
    {%- set format = options['format'] | lower -%}
    {%- set format = format if format in formats else 'parquet' -%}
  {%- endif -%}

  {%- set language = model['language'] -%}
  {%- set target_relation = this.incorporate(type='view') -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set temp_relation = make_intermediate_relation(this.incorporate(type='table'), suffix='__dbt_tmp') -%}
  {%- set intermediate_relation = make_intermediate_relation(target_relation, suffix='__dbt_int') -%}
  {%- set backup_relation = make_backup_relation(
    target_relation, 'table' if existing_relation is none else existing_relation.type
  ) -%}

  {#- A run that was killed may have left these. -#}
  {%- for leftover in [intermediate_relation, temp_relation, backup_relation] -%}
    {%- do drop_relation_if_exists(load_cached_relation(leftover)) -%}
  {%- endfor -%}

  {%- do run_hooks(pre_hooks, inside_transaction=false) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=true) -%}

  {%- call statement('create_table', language=language) -%}
    {{- create_table_as(false, temp_relation, compiled_code, language) }}
  {%- endcall -%}

  {#- A file without rows may have no columns: it is given one row of nulls, which the view leaves out. -#}
  {%- set column_names = get_list_of_column_names(get_columns_in_relation(temp_relation)) -%}
  {%- set empty = run_query('select count(*) from ' ~ temp_relation)[0][0] == 0 -%}
  {%- if empty -%}
    {%- call statement() -%}
      insert into {{ temp_relation }} values ({{ (['null'] * (column_names | length)) | join(', ') }})
    {%- endcall -%}
  {%- endif -%}
  {%- do write_to_file(temp_relation, location, write_options) -%}

  {%- call statement('main', language='sql') -%}
    create or replace view {{ intermediate_relation }} as (
      select * from read_{{ format }}({{ _external_read_arguments(adapter.external_read_location(location, options), format, options) }})
      {{ 'where "' ~ column_names | join('" is not null and "') ~ '" is not null' if empty }}
    );
  {%- endcall -%}

  {%- if existing_relation is not none -%}
    {%- do adapter.rename_relation(existing_relation, backup_relation) -%}
  {%- endif -%}
  {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}

  {%- do run_hooks(post_hooks, inside_transaction=true) -%}
  {%- do apply_grants(
    target_relation, config.get('grants'),
    should_revoke=should_revoke(existing_relation, full_refresh_mode=true)
  ) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do adapter.commit() -%}

  {%- do drop_relation_if_exists(backup_relation) -%}
  {%- do drop_relation_if_exists(temp_relation) -%}

  {#- A plugin is told of the file. `glue_register` is the older way to name one. -#}
  {%- set plugin = config.get('plugin') -%}
  {%- if config.get('glue_register', default=false) -%}
    {%- set plugin = 'glue|' ~ config.get('glue_database', 'default') -%}
  {%- endif -%}
  {%- if plugin is not none -%}
    {%- do store_relation(plugin, target_relation, location, format, config) -%}
  {%- endif -%}

  {%- do run_hooks(post_hooks, inside_transaction=false) -%}
  {%- do return({'relations': [target_relation]}) -%}
{% endmaterialization %}


{#-
  The file and the config `<format>_read_options`, as arguments. DuckDB sees compression only in names that
  end so.
-#}
{% macro _external_read_arguments(location, format, write_options) %}
  {%- set usual = {'union_by_name': false} if format == 'parquet' else {'auto_detect': true} -%}
  {%- set read_options = config.get(format ~ '_read_options', usual) -%}
  {%- if format != 'parquet' and write_options.get('compression') and 'compression' not in read_options -%}
    {%- set read_options = dict(read_options, compression=write_options['compression']) -%}
  {%- endif -%}
  {%- set arguments = ["'" ~ location ~ "'"] -%}
  {%- for name, value in read_options.items() -%}
    {%- do arguments.append(name ~ '=' ~ ("'" ~ value ~ "'" if value is string else value)) -%}
  {%- endfor -%}
  {{- arguments | join(', ') -}}
{% endmacro %}
