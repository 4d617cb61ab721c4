"""The release gates: what must hold of every lesson before learners get it, beyond being built.

Each gate is a function from a lesson to findings: what is wrong, where, and how it is mended.
"""

from course_utils.run.gates.examine import examine
from course_utils.run.gates.subject import Finding, Subject, read_subject

__all__ = ["Finding", "Subject", "examine", "read_subject"]
