"""What tests of the sandbox share: whether this machine has one, and one with the library and a probe in it."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from course_utils.errors import CourseError
from course_utils.execution.sandbox.binds import Bind
from course_utils.execution.sandbox.bubblewrap import Sandbox, require_sandbox
from course_utils.execution.sandbox.public_library import with_public_library

REQUIRED = "COURSE_REQUIRE_SANDBOX"
PROBE = '''
import json

def value(answer, inputs):
    """Return what the answer, a function, makes of the input; or the answer itself."""
    return json.dumps(answer(**inputs) if callable(answer) else answer), b"some bytes"
'''


def skip_without_sandbox() -> None:
    """Skip the test where there is no sandbox, unless this machine must have one."""
    try:
        require_sandbox()
    except CourseError as error:
        if os.environ.get(REQUIRED):
            pytest.fail(str(error))
        pytest.skip(f"no sandbox: {error}")


def sandbox_with_probe(folder: Path, probe: str = PROBE) -> Sandbox:
    """Return a sandbox with the public library, and the module ``probe`` on Python's path."""
    skip_without_sandbox()
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "probes").mkdir(parents=True)
    (folder / "probes" / "probe.py").write_text(probe, encoding="utf-8")
    (folder / "probes").chmod(0o755)
    sandbox = with_public_library(Sandbox(), folder / "stage")
    binds = (*sandbox.binds, Bind(folder / "probes", Path("/probes")))
    path = f"{sandbox.environment['PYTHONPATH']}:/probes"
    return replace(sandbox, binds=binds, environment={**sandbox.environment, "PYTHONPATH": path})
