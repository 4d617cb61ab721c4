"""The sandbox: every attempt to break out of it is refused, and nothing of it outlives it."""

import os
import shutil
import socket
import struct
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sandboxed import sandbox_with_probe, skip_without_sandbox

import course_utils
from course_utils.errors import CourseError
from course_utils.execution.sandbox import attempts, bubblewrap
from course_utils.execution.sandbox.binds import Bind, interpreter
from course_utils.execution.sandbox.bubblewrap import Sandbox, require_sandbox
from course_utils.execution.sandbox.control_group import make_control_group
from course_utils.execution.sandbox.limits import SandboxLimits
from course_utils.execution.sandbox.protection import probe_protection
from course_utils.execution.sandbox.public_library import LIBRARY, write_without_verdicts
from course_utils.execution.sandbox.syscall_filter import filter_program

ROOT = Path(course_utils.__file__).parents[1]
SECRETS = [ROOT / "solutions", ROOT / "course_utils" / "grading", Path("/etc/passwd"), Path("/etc/hostname")]
PYTHON = [str(interpreter()), "-c"]


@pytest.fixture
def sandbox() -> Sandbox:
    skip_without_sandbox()
    return Sandbox()


def test_every_attempt_to_break_out_is_refused(tmp_path: Path) -> None:
    found = probe_protection(sandbox_with_probe(tmp_path / "sandbox"), [*SECRETS, tmp_path / "sandbox" / "stage"])
    broken = [protection for protection in found if not protection.held]
    assert {protection.name for protection in broken} <= {"one limit for all processes"}
    assert len(found) == len(attempts.ATTEMPTS) + 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_every_attempt_is_refused_where_an_ordinary_user_starts_it() -> None:
    skip_without_sandbox()
    python = shutil.which("python3", path="/usr/bin")
    if not python:
        pytest.skip("no Python that an ordinary user can start")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "from course_utils.execution.sandbox.bubblewrap import Sandbox\n"
        "from course_utils.execution.sandbox.protection import probe_protection\n"
        "for p in probe_protection(Sandbox(), [Path('/etc/passwd')]): print(p.held, p.name)"
    )
    said = subprocess.run(
        [python, "-c", program, str(ROOT)],
        user=1234,
        group=1234,
        extra_groups=[],
        cwd="/",
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    if "Permission denied" in said.stderr or "No module named 'course_utils'" in said.stderr:
        pytest.skip("an ordinary user can't read this checkout")
    lines = said.stdout.splitlines()
    assert len(lines) == len(attempts.ATTEMPTS) + 1, said.stderr
    assert [line for line in lines if line.startswith("False")] in ([], ["False one limit for all processes"])


def test_the_probe_sees_a_hole(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = tmp_path / "answers"
    secret.write_text("42")
    leaking = replace(sandbox, binds=(Bind(secret, secret),))
    held = {protection.name: protection for protection in probe_protection(leaking, [secret])}
    assert not held["find secrets"].held
    assert str(secret) in held["find secrets"].said


def test_attempts_succeed_outside_the_sandbox() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        targets = attempts.Targets(secrets=[], port=listening.getsockname()[1], abstract="")
        outside = {
            name: held
            for number in (attempts.ATTEMPTS.index(a) for a in (attempts.reach_network, attempts.keep_memory))
            for name, held, _ in [attempts.attempt(number, targets)]
        }
    assert outside == {"reach network": False, "keep memory": False}


def test_a_secret_that_does_not_exist_proves_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must exist"):
        probe_protection(sandbox, [tmp_path / "nothing"])


def test_a_program_runs_as_nobody_with_a_sized_scratch_folder(sandbox: Sandbox) -> None:
    program = "import os, shutil; print(os.getuid() != 0, os.getcwd(), shutil.disk_usage('.').total // 10**6)"
    said = sandbox.run([*PYTHON, program], seconds=60)
    assert said.stdout.split() == ["True", "/tmp", "400"]
    assert said.returncode == 0


def test_exit_status_output_and_input_pass(sandbox: Sandbox) -> None:
    program = "import sys; print(sys.stdin.read().upper()); print('oh', file=sys.stderr); sys.exit(7)"
    said = sandbox.run([*PYTHON, program], seconds=60, text="hello")
    assert (said.stdout, said.stderr, said.returncode) == ("HELLO\n", "oh\n", 7)


def test_whatever_was_started_ends_with_the_block(sandbox: Sandbox) -> None:
    mark = f"course-test-{os.getpid()}"
    program = f"import os, time; os.fork(); os.setsid(); os.fork(); print('on', flush=True); time.sleep(600) #{mark}"
    with sandbox.running([*PYTHON, program], stdout=subprocess.PIPE) as confined:
        assert confined.process.stdout
        assert confined.process.stdout.readline() == b"on\n"
        assert processes_with(mark)
        folders = confined.group.folders
    assert not processes_with(mark)
    assert not [folder for folder in folders if folder.exists()]


def test_a_killed_launcher_leaves_nothing_behind(sandbox: Sandbox) -> None:
    mark = f"course-test-orphan-{os.getpid()}"
    program = (
        "import os, signal, subprocess, sys\n"
        "from course_utils.execution.sandbox.bubblewrap import Sandbox, interpreter\n"
        "inner = 'import time; print(1, flush=True); time.sleep(600) #' + sys.argv[1]\n"
        "with Sandbox().running([str(interpreter()), '-c', inner], stdout=subprocess.PIPE) as confined:\n"
        "    confined.process.stdout.readline()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    launcher = subprocess.Popen([sys.executable, "-c", program, mark])
    assert launcher.wait() == -9
    until = time.monotonic() + 10
    while (processes_with(mark) or groups_of(launcher.pid)) and time.monotonic() < until:
        make_control_group(SandboxLimits()).remove()  # as the next sandbox would
    assert not processes_with(mark)
    assert not groups_of(launcher.pid)


def test_a_program_that_takes_too_long_is_ended(sandbox: Sandbox) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        sandbox.run([*PYTHON, "import time; time.sleep(600)"], seconds=1)


def test_memory_of_all_processes_together_is_limited(sandbox: Sandbox) -> None:
    group = make_control_group(SandboxLimits())
    group.remove()
    if not group.folders:
        pytest.skip("no control group can be made here")
    small = replace(sandbox, limits=SandboxLimits(memory_mb=100, address_space_mb=4_000))
    program = "import os\nfor _ in range(3): os.fork()\nx = bytearray(50_000_000); import time; time.sleep(1)"
    with small.running([*PYTHON, program]) as confined:
        confined.process.wait(timeout=60)
        assert confined.group.memory_kills() > 0


def test_without_bubblewrap_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    require_sandbox.cache_clear()
    with pytest.raises(CourseError, match=r"bubblewrap is not installed.*apt install bubblewrap"):
        require_sandbox()
    require_sandbox.cache_clear()


def test_on_another_system_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap.sys, "platform", "darwin")
    require_sandbox.cache_clear()
    with pytest.raises(CourseError, match="this system has none"):
        require_sandbox()
    require_sandbox.cache_clear()


def test_a_file_that_is_not_there_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    broken = replace(sandbox, binds=(Bind(tmp_path / "nothing", Path("/nothing")),))
    with pytest.raises(CourseError, match="nothing should be readable in the sandbox"):
        broken.run([*PYTHON, "pass"], seconds=60)


def test_the_filter_is_a_program_of_whole_instructions_for_known_machines() -> None:
    for machine in ("x86_64", "aarch64"):
        program = filter_program(machine)
        codes = [struct.unpack_from("<HBBI", program, at) for at in range(0, len(program), 8)]
        assert codes[-1] == (0x06, 0, 0, 0x7FFF0000)
        jumps = [at + 1 + max(yes, no) for at, (code, yes, no, _) in enumerate(codes) if code & 0x07 == 0x05]
        assert max(jumps) < len(codes)
    with pytest.raises(CourseError, match="riscv64"):
        filter_program("riscv64")


def test_the_library_in_the_sandbox_has_no_verdicts(tmp_path: Path) -> None:
    sandbox = sandbox_with_probe(tmp_path / "sandbox")
    package = LIBRARY / "course_utils"
    program = (
        "import course_utils.exercises.lesson_02.cached_features as m, inspect\n"
        f"from pathlib import Path; found = {{p.name for p in Path('{package}').iterdir()}}\n"
        "withheld = sorted(found & {'grading', 'authoring', 'validation', 'cli'})\n"
        "print(withheld, 'learn' in found, hasattr(m, '_difference'))\n"
        "print('features-every-epoch' in inspect.getsource(m), 'backbone_after' in inspect.getsource(m))"
    )
    said = sandbox.run([*PYTHON, program], seconds=60)
    assert said.stdout.split("\n")[:2] == ["[] True False", "False True"], said.stderr


def test_exercises_without_verdicts_keep_their_probes(tmp_path: Path) -> None:
    write_without_verdicts(ROOT / "course_utils" / "exercises", tmp_path / "exercises")
    changed = [path for path in (tmp_path / "exercises").rglob("*.py") if "outside the sandbox" in path.read_text()]
    assert len(changed) >= 17
    assert all("def probe(" in path.read_text() or "(Exercise" not in path.read_text() for path in changed)
    assert list((tmp_path / "exercises").rglob("messages.toml"))


def processes_with(mark: str) -> list[int]:
    """Return the processes of this machine whose command line has a text in it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if any(mark.encode() in word for word in command) and b"pytest" not in b"".join(command):
                found.append(int(entry.name))
    return found


def groups_of(launcher: int) -> list[Path]:
    """Return a launcher's control groups."""
    return [*Path("/sys/fs/cgroup").glob(f"**/course-sandbox-{launcher}-*")]
