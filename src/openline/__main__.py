"""`python -m openline`, and the `openline` command."""

import sys


def main() -> None:
    """Run the command line. Assertions are part of the safety of this program, so it refuses to run without them."""
    if not __debug__:
        sys.stderr.write("openline: O-101 refuses to run under python -O: its own checks would be switched off.\n")
        raise SystemExit(2)
    from openline.cli import run

    raise SystemExit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
