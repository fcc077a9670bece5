# The same work as jinja.bench.ts by PyPI jinja2: a line of JSON with the templates comes in, one with CPU-seconds goes out.
import hashlib
import json
import sys
import time

from jinja2.sandbox import SandboxedEnvironment

environment = SandboxedEnvironment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
context = {
    "ref": lambda name: "main." + name,
    "source": lambda source, name: source + "." + name,
    "config": lambda **options: "",
    "var": lambda name, default=None: default,
    "is_incremental": lambda: True,
    "this": "main.this",
    "target": {"type": "duckdb", "name": "dev"},
}


def spent(act):
    start = time.process_time()
    value = act()
    return time.process_time() - start, value


def main():
    given = json.loads(sys.stdin.readline())
    texts, rounds = given["texts"], given["rounds"]
    compiling, templates = spent(lambda: [environment.from_string(text) for text in texts])
    first, printed = spent(lambda: [template.render(context) for template in templates])
    render = lambda: [template.render(context) for _ in range(rounds) for template in templates]
    rendering = min(spent(render)[0] for _ in range(3))
    digest = hashlib.sha256("\0".join(printed).encode()).hexdigest()
    json.dump({"compiling": compiling + first, "rendering": rendering, "digest": digest}, sys.stdout)


main()
