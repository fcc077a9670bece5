"""Prints expressions by jinja2 with the modules that dbt shows to templates: one per line in, one answer per line out."""

import itertools
import json
import re
import sys
import warnings
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

import pytz
from jinja2.sandbox import SandboxedEnvironment

warnings.simplefilter("ignore")

modules = {
    "datetime": {"date": date, "datetime": datetime, "time": time, "timedelta": timedelta, "tzinfo": tzinfo},
    "pytz": {name: getattr(pytz, name) for name in pytz.__all__},
    "re": {name: getattr(re, name) for name in re.__all__},
    "itertools": {name: getattr(itertools, name) for name in dir(itertools) if not name.startswith("_")},
}
names = {
    **modules["datetime"],
    "pytz": modules["pytz"],
    "re": modules["re"],
    "itertools": modules["itertools"],
    "modules": modules,
    "Decimal": Decimal,
}
environment = SandboxedEnvironment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])


def told(expression):
    try:
        template = expression if "{%" in expression else "{{ [" + expression + "] }}"
        return re.sub(r" at 0x[0-9a-f]+", " at 0x0", environment.from_string(template).render(**names))
    except Exception as error:
        return "! " + type(error).__name__ + ": " + str(error)


for line in sys.stdin:
    sys.stdout.write(json.dumps(told(json.loads(line))) + "\n")
