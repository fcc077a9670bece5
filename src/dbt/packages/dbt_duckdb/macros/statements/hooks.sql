{#-
  In the place of the one in `dbt`: nothing to commit before hooks that run outside, since no transaction is
  begun by itself.
-#}
{% macro run_hooks(hooks, inside_transaction=true) %}
  {%- for hook in hooks if hook.get('transaction') == inside_transaction -%}
    {%- set sql = render(hook.get('sql')) | trim -%}
    {%- if sql -%}
      {%- call statement(auto_begin=inside_transaction) -%}
        {{ sql }}
      {%- endcall -%}
    {%- endif -%}
  {%- endfor -%}
{% endmacro %}
