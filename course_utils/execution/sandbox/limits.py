"""How much of the machine the code in a sandbox may use."""

import os
from dataclasses import dataclass

_MB = 1_000_000


@dataclass(frozen=True)
class SandboxLimits:
    """The limits of one sandbox. Where the machine has control groups, ``memory_mb`` holds for all of it together.

    Attributes:
        processor_seconds: of each process.
        address_space_mb: of each process; a TensorFlow that has only been imported reserves 2 to 4 GB.
        memory_mb: of all processes and the scratch folder together.
        processes: at any time, threads included.
        open_files: of each process.
        file_mb: the largest file that may be written.
        scratch_mb: of everything in the scratch folder, and as much again in shared memory.
    """

    processor_seconds: int = 3600
    address_space_mb: int = 16_000
    memory_mb: int = 4_000
    processes: int = 128 + 16 * (os.cpu_count() or 1)
    open_files: int = 512
    file_mb: int = 200
    scratch_mb: int = 400

    def of_each_process(self) -> dict[str, int]:
        """Return what setrlimit is given, by the resource's name."""
        return {
            "RLIMIT_CPU": self.processor_seconds,
            "RLIMIT_AS": self.address_space_mb * _MB,
            "RLIMIT_NPROC": self.processes,
            "RLIMIT_NOFILE": self.open_files,
            "RLIMIT_FSIZE": self.file_mb * _MB,
            "RLIMIT_CORE": 0,
            "RLIMIT_MEMLOCK": 0,
        }

    def of_the_group(self) -> tuple[int, int]:
        """Return what a control group is given: bytes of memory, and processes with their threads."""
        return self.memory_mb * _MB, self.processes

    def scratch_bytes(self) -> int:
        """Return the size of the scratch folder in bytes."""
        return self.scratch_mb * _MB
