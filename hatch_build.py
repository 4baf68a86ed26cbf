"""The build hook: a wheel carries the built console, and nobody needs Node.js to install it.

Assets already built (by `make web`, or carried in the source distribution) are taken as they are. Otherwise the console is
built here when Node.js is at hand; when it is not, the build stops with one sentence. An editable install needs no assets.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = Path("src/openline/console/assets")
NO_NODE = "The console is not built and there is no Node.js 20 or newer here: run `make wheel`, which brings its own."


class ConsoleHook(BuildHookInterface[Any]):
    """Makes sure that the assets exist before a wheel is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Return at once when there is nothing to do; raise one sentence when the console cannot be built."""
        root = Path(self.root)
        if version == "editable" or (root / ASSETS / "index.html").is_file():
            return
        if not (root / "web" / "package.json").is_file():
            raise RuntimeError("The console's assets are missing and so are its sources: build the wheel from a full checkout.")
        if shutil.which("npm") is None:
            raise RuntimeError(NO_NODE)
        gather = [sys.executable, str(root / "scripts" / "console_licences.py")]
        for command in (["npm", "ci", "--include=dev", "--ignore-scripts"], ["npm", "run", "build"], gather):
            if subprocess.run(command, cwd=root / "web", check=False).returncode != 0:
                raise RuntimeError(f"`{' '.join(command)}` failed in web/; its own words are above.")
