"""nbgrader's settings for this class. They are yours to change; every nbgrader command that is run here reads them."""

from nbgrader.converters import Autograde
from traitlets.config import get_config

from course_utils.grading import CODE_STUB, SetParameters

c = get_config()
c.CourseDirectory.course_id = "transfer-learning"

# What a learner finds in the place of a solution. It raises nothing: an untouched lesson runs to its end.
c.ClearSolutions.code_stub = {"python": CODE_STUB}

# nbgrader takes whatever a test cell writes to stderr for a failure. A right answer that warns is right.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"(?s).*"

# Seconds for one cell. What a learner wrote may be slower than the solution, and so may the grading machine.
c.Execute.timeout = 300
c.Execute.startup_timeout = 120

# Lessons are graded in their short form, whatever a learner set PROFILE to.
c.SetParameters.parameters = {"PROFILE": "smoke"}
c.Autograde.autograde_preprocessors = [SetParameters, *Autograde.autograde_preprocessors.default()]
