"""The exercises of lesson 11: sound."""

from course_utils.exercises.lesson_11.log_mel_by_hand import LogMelByHand
from course_utils.exercises.lesson_11.pitch_order import PitchOrder
from course_utils.exercises.lesson_11.speaker_split import SpeakerSplit

EXERCISES = (LogMelByHand(), SpeakerSplit(), PitchOrder())
