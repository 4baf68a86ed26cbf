"""What is committed: nothing that a build or a set-up made, nothing that names one machine or one package registry."""

import re
import subprocess
import sys

import pytest

from tests.house.tree import ROOT, SRC, files, name_of, report, tracked, tracked_text

# Spelt in pieces, so that this file does not find itself.
REGISTRIES = re.compile(
    "|".join(
        rf"\b{host}\b"
        for host in (
            *("pyp" + r"i\.org", "python" + r"hosted\.org", "npm" + r"js\.(?:com|org)", "yarn" + r"pkg\.com"),
            *("deb" + r"\.debian\.org", "proxy" + r"\.golang\.org", "crates" + r"\.io", "maven" + r"\.(?:org|apache\.org)"),
        )
    )
)
MACHINE = re.compile(r"(?<![\w.$}~])/(?:wor" + r"k/(?:main|shared|\.)|roo" + r"t/|opt/whe" + r"els|Users/)")
MADE = re.compile(r"(?:^|/)(?:\.venv[^/]*|node_modules|__pycache__|\.mypy_cache|\.ruff_cache|\.hypothesis|dist|build|assets)/")
LARGE_MAX_BYTES = 10_000_000  # the basemap is 9 MB at most; nothing else comes near


def _lines(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path, text in tracked_text():
        if pattern.search(text):
            lines = enumerate(text.splitlines(), 1)
            found += [f"{name_of(path)}:{n}: {line.strip()[:120]}" for n, line in lines if pattern.search(line)]
    return found


def test_no_tracked_file_names_a_package_registry():
    report(_lines(REGISTRIES), "where packages come from is the machine's affair: name packages, not hosts")


def test_no_tracked_file_holds_a_path_of_one_machine():
    report(_lines(MACHINE), "paths are relative to the project")


def test_nothing_that_a_build_or_a_set_up_makes_is_tracked():
    made = sorted({MADE.search(name_of(path) + "/").group(0) for path in tracked() if MADE.search(name_of(path))})  # type: ignore[union-attr]
    report(made, "made by `make`, ignored by .gitignore, never committed")


def test_no_tracked_file_is_larger_than_the_basemap_may_be():
    large = [path for path in tracked() if path.stat().st_size > LARGE_MAX_BYTES]
    report([f"{name_of(path)}: {path.stat().st_size} bytes" for path in large], f"at most {LARGE_MAX_BYTES} bytes")


def test_every_pinned_package_has_a_hash():
    offences = []
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        lines = path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
        pins = [line for line in lines if re.match(r"[A-Za-z]", line)]
        offences += [f"{path.name}: {pin.split()[0]}" for pin in pins if "--hash=sha256:" not in pin]
    report(offences, "`make lock` pins with hashes")


def test_the_wheel_says_that_it_is_typed():
    assert (SRC / "py.typed").is_file()


@pytest.mark.parametrize("script", [name_of(path) for path in files("scripts", ".sh")] + [".ci/run"])
def test_a_script_parses_and_stops_at_the_first_error(script):
    text = (ROOT / script).read_text(encoding="utf-8")
    subprocess.run(["bash", "-n", str(ROOT / script)], check=True)
    assert "Sourced, not run" in text or re.search(r"^set -eu", text, re.MULTILINE)


# Logical properties mirror by themselves where the script runs right to left.
PHYSICAL = re.compile(r"(?:^|[\s;{])(?:(?:margin|padding|border)-(?:left|right)\b|(?:text-align|float):\s*(?:left|right)\b)")
UNSAFE = re.compile(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|new Function|eval)\b")


def _web_lines(pattern: re.Pattern[str], *endings: str) -> list[str]:
    return [
        f"{name_of(path)}:{n}: {line.strip()[:100]}"
        for path in files("web/src", *endings)
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line) and not line.lstrip().startswith(("//", "*", "/*"))
    ]


def test_the_console_uses_logical_css_properties():
    report(_web_lines(PHYSICAL, ".css", ".tsx"), "write inline-start and inline-end")


def test_the_console_never_turns_text_into_markup_or_code():
    report(_web_lines(UNSAFE, ".ts", ".tsx"), "text stays text")


def test_openline_refuses_to_run_without_its_assertions():
    if not (SRC / "__main__.py").is_file():
        pytest.skip("there is no openline/__main__.py yet")
    run = subprocess.run([sys.executable, "-O", "-m", "openline", "--version"], capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "-O" in run.stderr
