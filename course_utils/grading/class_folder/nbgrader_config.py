"""nbgrader's settings for this class. Change them as you like; every nbgrader command run in this folder reads them."""

from nbgrader.converters import Autograde
from traitlets.config import get_config

from course_utils.grading import CODE_STUB, SetParameters

c = get_config()
c.CourseDirectory.course_id = "transfer-learning"

# Replaces each solution in the learner's version. It raises nothing, so that an untouched lesson runs to its end.
c.ClearSolutions.code_stub = {"python": CODE_STUB}

# nbgrader treats anything that a test cell writes to stderr as a failure. A right answer with a warning is still right.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"(?s).*"

# Seconds for one cell. A learner's code, or the grading machine, may be slow.
c.Execute.timeout = 300
c.Execute.startup_timeout = 120

# Grade lessons in their short form, whatever PROFILE the learner set.
c.SetParameters.parameters = {"PROFILE": "smoke"}
c.Autograde.autograde_preprocessors = [SetParameters, *Autograde.autograde_preprocessors.default()]
