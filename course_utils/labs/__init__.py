"""Labs: experiments that the learner runs. Each is one line in a lesson."""

from course_utils.labs.budget_lab.label_budget_widget import label_budget
from course_utils.labs.envelopes_lab.ten_envelopes_widget import ten_envelopes
from course_utils.labs.freezing_lab.freeze_lab_widget import freeze_lab
from course_utils.labs.levers_lab.two_levers_widget import two_levers
from course_utils.labs.map_lab.depth_rate_map_widget import depth_rate_map
from course_utils.labs.microscope_lab.microscope_widget import microscope
from course_utils.labs.own_model_lab.freeze_and_rate_widget import freeze_and_rate
from course_utils.labs.rank_lab.rank_slider_widget import rank_slider
from course_utils.labs.remedies_lab.front_lab_widget import front_lab
from course_utils.labs.search_lab.twenty_trials_widget import twenty_trials
from course_utils.labs.sentence_lab.sentence_microscope_widget import sentence_microscope
from course_utils.labs.sound_lab.sound_microscope_widget import sound_microscope
from course_utils.labs.strategy_lab.strategy_map_widget import strategy_map
from course_utils.labs.thermometer_lab.thermometer_widget import forgetting_thermometer
from course_utils.labs.voice_lab.own_voice_widget import own_voice

__all__ = [
    "depth_rate_map",
    "forgetting_thermometer",
    "freeze_and_rate",
    "freeze_lab",
    "front_lab",
    "label_budget",
    "microscope",
    "own_voice",
    "rank_slider",
    "sentence_microscope",
    "sound_microscope",
    "strategy_map",
    "ten_envelopes",
    "twenty_trials",
    "two_levers",
]
