"""The kernels, compiled before their first use by a process of its own, since the compiler leaves some 200 MB behind in one
that runs it. This process then only loads the machine code. Where that cannot be kept, it compiles here after all.
"""

import subprocess
import sys

from openline.kernels.warm import Progress, warm, will_be_quick


def make_ready(progress: Progress) -> None:
    """Every kernel compiled, and loaded here."""
    if not will_be_quick():
        _compile_apart(progress)
    warm(progress)


def _compile_apart(progress: Progress) -> None:
    command = [sys.executable, "-m", "openline.node.compiling"]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdout is not None
        try:
            for line in child.stdout:
                name, _, numbers = line.strip().rpartition(" ")
                done, _, of = numbers.partition("/")
                if name and done.isdecimal() and of.isdecimal():
                    progress(name, int(done), int(of))
        except BaseException:
            child.terminate()  # a node that is stopped waits for no compiler
            raise


def _tell(name: str, done: int, of: int) -> None:
    if name:
        print(f"{name} {done}/{of}", flush=True)


if __name__ == "__main__":
    warm(_tell)
