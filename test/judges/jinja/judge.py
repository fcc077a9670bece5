"""Renders templates by jinja2, as dbt configures it: one JSON per line in, one per line out."""

import json
import re
import sys

from jinja2 import ChainableUndefined, DebugUndefined, StrictUndefined, TemplateSyntaxError, Undefined
from jinja2.nativetypes import NativeEnvironment
from jinja2.sandbox import SandboxedEnvironment


class NativeSandbox(NativeEnvironment, SandboxedEnvironment):
    pass


KINDS = {
    "lenient": Undefined,
    "strict": StrictUndefined,
    "chainable": ChainableUndefined,
    "debug": DebugUndefined,
}


def environment(undefined, native, options):
    make = NativeSandbox if native else SandboxedEnvironment
    return make(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"], undefined=KINDS[undefined], **dict(options))


environments = {}


def rendered(case):
    key = (case["undefined"], case["native"], tuple(sorted(case["options"].items())))
    if key not in environments:
        environments[key] = environment(*key)
    template = environments[key].from_string(case["template"])
    made = template.render(case["context"])
    return repr(made) if case["native"] else made


def told(case):
    try:
        return {"text": masked(rendered(case))}
    except TemplateSyntaxError as error:
        return {"kind": type(error).__name__, "words": masked(str(error.message)), "line": error.lineno}
    except RecursionError as error:
        return {"kind": "RecursionError", "words": ""}
    except Exception as error:
        return {"kind": type(error).__name__, "words": masked(str(error))}


def masked(text):
    text = re.sub(r" at 0x[0-9a-f]+", " at 0x0", text)
    return re.sub(r" \(<template>, line \d+\)$", "", text)


for line in sys.stdin:
    answer = json.dumps(told(json.loads(line)))
    sys.stdout.write(answer + "\n")
