"""What the wheel brings along is permissively licensed, and a page says so of each dependency."""

import importlib.metadata
import re
import tomllib
from importlib.metadata import Distribution

import pytest
from packaging.requirements import Requirement

from tests.house.tree import ROOT, report

# Permissive, as SPDX ids. MPL-2.0 and LGPL are not here: one would need a page in docs/decisions first.
ALLOWED = {
    *("MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "Zlib", "Unlicense", "CC0-1.0"),
    *("Apache-2.0", "Apache-2.0 WITH LLVM-exception", "PSF-2.0", "HPND"),
}
# What packages without an SPDX expression write in their classifiers or their licence field.
OLD_NAMES = {
    "MIT License": "MIT",
    "The MIT License (MIT)": "MIT",
    "BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "PSFL": "PSF-2.0",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
PAGE = ROOT / "docs" / "decisions" / "0002-dependencies.md"


def key_of(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def runtime() -> dict[str, Distribution]:
    """Every package that installing openline installs here."""
    return packages_of(direct())


def packages_of(names: list[str]) -> dict[str, Distribution]:
    """These packages and everything they bring."""
    found: dict[str, Distribution] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if key_of(name) in found:
            continue
        found[key_of(name)] = importlib.metadata.distribution(name)
        wanted = (Requirement(line) for line in found[key_of(name)].requires or [])
        waiting += [want.name for want in wanted if want.marker is None or want.marker.evaluate({"extra": ""})]
    return found


def direct() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [Requirement(line).name for line in settings["project"]["dependencies"]]


def stated(package: Distribution, field: str) -> str:
    """The first line of a metadata field, or nothing."""
    return str(package.metadata[field]).split("\n")[0] if field in package.metadata else ""


def licences_of(package: Distribution) -> set[str]:
    """SPDX ids a package states, all of which apply; of `A OR B` the allowed one, if any."""
    expression = stated(package, "License-Expression")
    if expression:
        parts = (part.strip(" ()") for part in expression.split(" AND "))
        return {next((one for one in part.split(" OR ") if one in ALLOWED), part) for part in parts}
    classifiers = [line.split(" :: ") for line in package.metadata.get_all("Classifier") or []]
    old = [words[-1] for words in classifiers if words[0] == "License"] or [stated(package, "License")]
    return {OLD_NAMES.get(one, one) for one in old}


def test_every_runtime_package_is_permissively_licensed():
    offences = [
        f"{name} {package.version}: {', '.join(sorted(licences - ALLOWED)) or 'no licence stated'}"
        for name, package in runtime().items()
        if not (licences := licences_of(package)) or licences - ALLOWED
    ]
    report(sorted(offences), "runtime dependencies are permissive")


@pytest.mark.parametrize("name", direct())
def test_a_page_says_why_this_dependency_is_here(name):
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {name} |")]
    assert len(rows) == 1, f"one row for {name} in {PAGE.name}"
    cells = [cell.strip() for cell in rows[0].strip("|").split("|")]
    assert all(cells), rows[0]


def extra(name: str) -> dict[str, Distribution]:
    """Every package that an extra brings beside the runtime's; none where it is not installed here."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [Requirement(line).name for line in settings["project"]["optional-dependencies"][name]]
    try:
        return {key: one for key, one in packages_of(wanted).items() if key not in runtime()}
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"the extra {name} is not installed")


def test_every_package_of_the_extra_is_permissively_licensed_or_has_a_page():
    page = (PAGE.parent / "0010-apprise-apart.md").read_text(encoding="utf-8")
    for name, package in extra("apprise").items():
        beyond = licences_of(package) - ALLOWED
        assert not beyond or (beyond == {"MPL-2.0"} and f"**{name} (MPL-2.0)**" in page), (name, beyond)


def test_every_package_of_the_extra_is_pinned_and_the_page_has_its_row():
    lines = (ROOT / "requirements" / "apprise.txt").read_text(encoding="utf-8").splitlines()
    pinned = {key_of(line.split("==")[0]) for line in lines if "==" in line}
    report(sorted(set(extra("apprise")) - pinned), "`make lock` pins it")
    assert "| apprise |" in PAGE.read_text(encoding="utf-8")


def test_every_runtime_package_is_pinned():
    lines = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8").splitlines()
    pinned = {key_of(line.split("==")[0]) for line in lines if "==" in line}
    report(sorted(set(runtime()) - pinned), "`make lock` pins it")
