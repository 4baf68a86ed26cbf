"""Gather the licence texts of what is bundled into the console, as their licences ask, into the built assets: licences.txt.

Reads web/package-lock.json for what the console needs at run time (development tools are not shipped) and web/node_modules for
the texts. Stops when a package states a licence that is not permissive. Where a package carries no text, its licence is named.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
OUT = ROOT / "src" / "openline" / "console" / "assets" / "licences.txt"

PERMISSIVE = {"MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Apache-2.0", "OFL-1.1", "CC0-1.0", "Unlicense", "Zlib"}
NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE")


def shipped() -> dict[str, dict[str, Any]]:
    """Folder below web/ → what the lock file says of a package that is needed at run time."""
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))
    return {folder: facts for folder, facts in lock["packages"].items() if folder and not facts.get("dev")}


def texts_of(folder: Path) -> list[str]:
    """The licence texts a package carries."""
    found = (path for path in sorted(folder.glob("*")) if path.is_file() and path.name.upper().startswith(NAMES))
    return [path.read_text(encoding="utf-8", errors="replace").strip() for path in found]


def main() -> int:
    """Exit code: 0 when every package's licence is permissive and its text was found."""
    parts, wrong = ["What the console carries, and under which terms."], []
    for folder, facts in sorted(shipped().items()):
        name, licence = folder.rpartition("node_modules/")[2], str(facts.get("license", "not stated"))
        if facts.get("optional") and not (WEB / folder).is_dir():
            continue
        texts = texts_of(WEB / folder)
        if not PERMISSIVE & set(licence.strip("()").split(" OR ")):
            wrong.append(f"{name} {facts.get('version')}: {licence} is not on the list of permissive licences")
        parts.append("\n\n".join([f"{'=' * 100}\n{name} {facts.get('version')}: {licence}", *texts]))
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    OUT.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
