"""The command line: one file a group of commands, heavy imports only where they are used.

Takes: arguments, the environment variable OPENLINE_NODE, answers typed at prompts.
Gives: words for people or, with --json, JSON for programs; exit 0 done, 1 found something wrong, 2 not done, 130 stopped.
Never: shows a traceback for something a person can put right.
"""

import json
import sys
from collections.abc import Sequence

from openline.cli.app import app
from openline.cli.keys_app import app as keys_app
from openline.cli.line_app import app as line_app
from openline.cli.say import note
from openline.cli.told_app import app as told_app
from openline.errors import OpenlineError

VARIADIC = {"audit": ("--tracks",), "verify": (), "demo": ()}
"""Options that take every word up to the next option, as a shell's wildcard gives them."""


app.add_typer(keys_app, name="keys")
app.add_typer(line_app, name="line")
app.add_typer(told_app, name="told")


def run(arguments: Sequence[str]) -> int:
    """One command; the exit code."""
    import typer

    words = spread(list(arguments))
    try:
        code = app(words, prog_name="openline", standalone_mode=False)
        return int(code or 0)
    except OpenlineError as error:
        _say(error, "--json" in words)
        return 2
    except (typer.Abort, KeyboardInterrupt):
        sys.stderr.write("\nstopped\n")
        return 130
    except typer.TyperException as wrong:
        if type(wrong).__name__ == "NoArgsIsHelpError":  # a group of commands without one: its help is what was wanted
            sys.stdout.write(f"{wrong}\n")
            return 0
        sys.stderr.write(f"openline: {_usage(wrong)}\n")
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:  # the disk is full, a cable was pulled: nothing a traceback would explain
        named = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"openline: {named}{error.strerror or error}\n")
        return 2


def spread(words: list[str]) -> list[str]:
    """`--tracks a b c` as `--tracks a --tracks b --tracks c`."""
    if not words or words[0] not in VARIADIC:
        return words
    names = VARIADIC[words[0]]
    out: list[str] = []
    current = ""
    for word in words:
        if word.startswith("-") and word != "-":
            current = word if word in names else ""
            out.append(word)
        elif current and out[-1] != current:
            out += [current, word]
        else:
            out.append(word)
    return out


def _usage(wrong: Exception) -> str:
    """What is wrong with the words typed, and where the help is."""
    told = getattr(wrong, "format_message", lambda: str(wrong))()
    context = getattr(wrong, "ctx", None)
    command = context.command_path if context is not None else "openline"
    return f"{told}\n  Try: {command} --help"


def _say(error: OpenlineError, as_json: bool) -> None:
    if as_json:
        facts = {key: value for key, value in error.facts.items() if isinstance(value, (str, int, float))}
        said = {"code": error.code, "message": error.message, "remedy": error.remedy, **facts}
        sys.stderr.write(json.dumps({"error": said}) + "\n")
        return
    note(f"openline: {error.code} {error.message}")
    if error.remedy:
        note(f"  {error.remedy}")
