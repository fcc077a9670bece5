-- What changes from step to step.
{{ config(materialized='table') }}
select id, name, amount, moment::timestamp as moment
{% if var('step') >= 2 %}, 'n' || id as note{% endif %}
from (values
  (1, 'one', 10, '2024-01-01 00:00'),
  {% if var('step') < 3 %}(2, 'two', {{ 20 if var('step') == 1 else 25 }}, '2024-01-0{{ 1 + var('step') }} 06:00'),{% endif %}
  {% if var('step') != 2 %}(3, {{ 'null' if var('step') == 1 else "'three'" }}, 30, '2024-01-02 12:00'),{% endif %}
  (3 + {{ var('step') }}, 'new', {{ var('step') }}, '2024-01-0{{ 2 + var('step') }} 00:00')
) t(id, name, amount, moment)
