"""The entry point of ``course``: the list of commands, and every error as one sentence and an exit code."""

import errno
import os
import sys
import traceback
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from course_utils.cli import commands
from course_utils.errors import CourseError

FINE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="course",
    help="A hands-on course on transfer learning. Start with: course lab",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
commands.register(app)


def main() -> None:
    """Run the command line and leave with its exit code: 0 fine, 1 something failed, 2 wrong usage."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; every error becomes one sentence on stderr.

    ``COURSE_DEBUG=1`` adds the traceback, for maintainers.
    """
    try:
        code = int(app(list(arguments), prog_name="course", standalone_mode=False) or FINE)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except TyperException as error:  # wrong usage; without a command, its message is the help
        hint = " See: course --help" if arguments else ""
        return _say(error.format_message() + hint, WRONG_USAGE)
    except BrokenPipeError:  # the reader of the output left, as in: course bench | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        if os.environ.get("COURSE_DEBUG"):
            traceback.print_exc()
        return _say(explain(error), FAILED)
    return _say("Stopped. Nothing was left half-written.", code) if code == INTERRUPTED else code


def explain(error: Exception) -> str:
    """Return an error as one or two sentences that name the thing, the cause and the fix."""
    if isinstance(error, CourseError):
        return str(error)
    if isinstance(error, OSError):
        where = error.filename or "a file"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return f"The disk is full: {where} could not be written. Free some space and run the command again."
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return f"{where} cannot be used ({error.strerror}). Change its permissions, or name another folder."
        if error.errno is not None:
            return f"{where}: {error.strerror}."
    if isinstance(error, MemoryError):
        return "There is not enough free memory. Close other programs and run the command again."
    return (
        f"The course itself failed ({type(error).__name__}: {error}). "
        "Run 'course doctor', or the same command with COURSE_DEBUG=1 to see where."
    )


def _say(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code
