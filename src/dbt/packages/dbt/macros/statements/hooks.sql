{#-
  Runs those hooks that belong inside, or outside, of the node's transaction. Outside, what is open is
  committed first.
-#}
{% macro run_hooks(hooks, inside_transaction=true) %}
  {%- for hook in hooks if hook.get('transaction') == inside_transaction -%}
    {%- if loop.first and not inside_transaction -%}
      {%- call statement(auto_begin=false) -%} commit; {%- endcall -%}
    {%- endif -%}
    {%- set sql = render(hook.get('sql')) | trim -%}
    {%- if sql -%}
      {%- call statement(auto_begin=inside_transaction) -%}
        {{ sql }}
      {%- endcall -%}
    {%- endif -%}
  {%- endfor -%}
{% endmacro %}


{#-
  The three that users write in `pre_hook` and `post_hook`: SQL, and on which side of the transaction it
  runs.
-#}
{% macro make_hook_config(sql, inside_transaction) %}
  {%- do return(tojson({'sql': sql, 'transaction': inside_transaction})) -%}
{% endmacro %}

{% macro before_begin(sql) %}
  {%- do return(make_hook_config(sql, inside_transaction=false)) -%}
{% endmacro %}

{% macro in_transaction(sql) %}
  {%- do return(make_hook_config(sql, inside_transaction=true)) -%}
{% endmacro %}

{% macro after_commit(sql) %}
  {%- do return(make_hook_config(sql, inside_transaction=false)) -%}
{% endmacro %}
