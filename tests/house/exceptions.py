"""The ratchet: who may break a house rule, and why. A line may be taken out, and put in only with its reason.

rule | file | name inside the file, where the rule is about names | why. A line that is no longer needed fails the tests.
"""

_LINES = """
forbidden call | src/openline/kernels/_jit.py | open | its cache folder is named by a checksum over the kernel sources
forbidden call | src/openline/kernels/_jit.py | os.environ.get | OPENLINE_JIT must be known at import, before any setting
forbidden call | src/openline/record/standalone_verify.py | open | the program a bundle carries reads the bundle; it runs alone
file length | src/openline/record/standalone_verify.py | | the program a bundle carries is one file, for one reader to judge
word | src/openline/zones/kml_read.py | target | XMLParser(target=) is the standard library's name for its builder
"""


def _read() -> dict[tuple[str, str, str], str]:
    rows = [[cell.strip() for cell in line.split("|")] for line in _LINES.strip().splitlines()]
    return {(rule, file, name): reason for rule, file, name, reason in rows}


EXCEPTIONS = _read()
"""(rule, file, name) → reason."""
