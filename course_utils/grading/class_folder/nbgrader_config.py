"""nbgrader's settings for this class. Change them as you like; every nbgrader command run in this folder reads them."""

from nbgrader.converters import Autograde, GenerateFeedback

from course_utils.grading import CODE_STUB, HideRubrics, SetParameters, ShowRubrics

c = get_config()  # nbgrader brings it: with an imported one, its commands wouldn't see what stands below
c.CourseDirectory.course_id = "transfer-learning"

# What counts in the lessons, besides exercises and knowledge checks. A change holds for lessons that are not in source/
# yet: delete source/LESSON and run course class init again, before you hand the lesson out.
c.ClassLessons.paragraph_points = 4  # for the paragraph that a person marks; 0 leaves it out
c.ClassLessons.quick_checks_count = False  # with True: a point each, and the reasons only in the feedback

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
c.Autograde.autograde_preprocessors = [SetParameters, *Autograde.autograde_preprocessors.default(), ShowRubrics]
c.GenerateFeedback.preprocessors = [HideRubrics, *GenerateFeedback.preprocessors.default()]
