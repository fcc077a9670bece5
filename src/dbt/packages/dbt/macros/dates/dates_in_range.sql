{#- Days as texts, worked out without the database. -#}
{% macro convert_datetime(date_str, date_fmt) %}
  {%- do return(try_or_compiler_error(
    "'" ~ date_str ~ "' is not a date in the format '" ~ date_fmt ~ "'",
    modules.datetime.datetime.strptime, date_str.strip(), date_fmt
  )) -%}
{% endmacro %}

{#- All days from the first to the last, both with; as datetimes where there is no `out_fmt`. -#}
{% macro dates_in_range(start_date_str, end_date_str=none, in_fmt='%Y%m%d', out_fmt='%Y%m%d') %}
  {%- set first = convert_datetime(start_date_str, in_fmt) -%}
  {%- set last = convert_datetime(start_date_str if end_date_str is none else end_date_str, in_fmt) -%}
  {%- if last < first -%}
    {%- do exceptions.raise_compiler_error(
      'A range of dates ends before it begins: ' ~ first ~ ', ' ~ last, model
    ) -%}
  {%- endif -%}
  {%- set dates = [] -%}
  {%- for days in range((last - first).days + 1) -%}
    {%- set date = first + modules.datetime.timedelta(days=days) -%}
    {%- do dates.append(date.strftime(out_fmt) if out_fmt else date) -%}
  {%- endfor -%}
  {%- do return(dates) -%}
{% endmacro %}

{#- The same from a text: one date, or two with a comma. -#}
{% macro partition_range(raw_partition_date, date_fmt='%Y%m%d') %}
  {%- set dates = (raw_partition_date | string).split(',') -%}
  {%- if dates | length > 2 -%}
    {%- do exceptions.raise_compiler_error(
      'A partition is one date, or two with a comma, not: ' ~ raw_partition_date
    ) -%}
  {%- endif -%}
  {%- do return(dates_in_range(dates[0], dates[1] if dates | length == 2 else none, in_fmt=date_fmt)) -%}
{% endmacro %}
