"""What is recorded: every experiment by its name."""

from course_utils.experiments.envelopes import ENVELOPE_CELLS, measure_envelope
from course_utils.experiments.experiment import Experiment
from course_utils.experiments.language_answers import ANSWER_CELLS, measure_answers
from course_utils.experiments.language_facts import FACT_CELLS, measure_facts
from course_utils.experiments.language_runs import LEVER_CELLS, NEXT_CELLS, measure_levers, measure_next
from course_utils.experiments.language_voice import VOICE_CELLS, measure_voice
from course_utils.experiments.picture_ranks import PICTURE_RANK_CELLS, measure_picture_rank
from course_utils.experiments.picture_runs import PICTURE_EXPERIMENTS
from course_utils.experiments.searches import SEARCH_CELLS, measure_search
from course_utils.experiments.sound_runs import (
    SOUND_BUDGET_CELLS,
    SOUND_DAMAGE_CELLS,
    SOUND_LAYER_CELLS,
    SOUND_LOOK_CELLS,
    SOUND_SCRATCH_CELLS,
    SOUND_SPEAKER_CELLS,
    SOUND_TUNED_CELLS,
    measure_sound_budget,
    measure_sound_damage,
    measure_sound_layers,
    measure_sound_looks,
    measure_sound_scratch,
    measure_sound_speakers,
    measure_sound_tuned,
)
from course_utils.experiments.sound_synthetic import SYNTHETIC_CELLS, measure_synthetic
from course_utils.experiments.sound_transcripts import TRANSCRIPT_CELLS, measure_transcripts
from course_utils.experiments.sound_voices import UNHEARD_VOICE_CELLS, measure_voices
from course_utils.experiments.text_runs import (
    BUDGET_CELLS,
    LAYER_CELLS,
    MASKED_CELLS,
    RANK_CELLS,
    RATE_CELLS,
    SENTENCE_CELLS,
    measure_budget,
    measure_layers,
    measure_masked,
    measure_rate,
    measure_sentence,
    measure_text_rank,
    measure_tuned,
    tuned_cells,
)

EXPERIMENTS: dict[str, Experiment] = {
    **PICTURE_EXPERIMENTS,
    "ranks-photo-textures-96": Experiment(PICTURE_RANK_CELLS, measure_picture_rank, ("target", "kept")),
    "searches": Experiment(SEARCH_CELLS, measure_search, ("score", "again", "test")),
    "envelopes": Experiment(ENVELOPE_CELLS, measure_envelope, ("accuracy",)),
    "text-budgets": Experiment(BUDGET_CELLS, measure_budget, ("accuracy",)),
    "text-layers": Experiment(LAYER_CELLS, measure_layers, ("accuracy",)),
    "text-masked": Experiment(MASKED_CELLS, measure_masked, ("accuracy",)),
    "text-rates": Experiment(RATE_CELLS, measure_rate, ("accuracy",)),
    "text-sentences": Experiment(SENTENCE_CELLS, measure_sentence, ("nearest",)),
    "text-ranks": Experiment(RANK_CELLS, measure_text_rank, ("target", "kept")),
    "text-tuned": Experiment(tuned_cells(), measure_tuned, ("accuracy",)),
    "sound-budgets": Experiment(SOUND_BUDGET_CELLS, measure_sound_budget, ("accuracy", "heard")),
    "sound-damage": Experiment(SOUND_DAMAGE_CELLS, measure_sound_damage, ("accuracy",)),
    "sound-layers": Experiment(SOUND_LAYER_CELLS, measure_sound_layers, ("accuracy",)),
    "sound-looks": Experiment(SOUND_LOOK_CELLS, measure_sound_looks, ("nearest",)),
    "sound-scratch": Experiment(SOUND_SCRATCH_CELLS, measure_sound_scratch, ("accuracy", "heard")),
    "sound-speakers": Experiment(SOUND_SPEAKER_CELLS, measure_sound_speakers, ("accuracy",)),
    "sound-synthetic": Experiment(SYNTHETIC_CELLS, measure_synthetic, ("accuracy",)),
    "sound-transcripts": Experiment(TRANSCRIPT_CELLS, measure_transcripts, ("right",)),
    "sound-voices": Experiment(UNHEARD_VOICE_CELLS, measure_voices, ("accuracy",)),
    "sound-tuned": Experiment(SOUND_TUNED_CELLS, measure_sound_tuned, ("accuracy",)),
    "language-voice": Experiment(VOICE_CELLS, measure_voice, ("obeyed", "right_topic")),
    "language-facts": Experiment(FACT_CELLS, measure_facts, ("right", "refused")),
    "language-levers": Experiment(LEVER_CELLS, measure_levers, ("obeyed", "right", "both")),
    "language-answers": Experiment(ANSWER_CELLS, measure_answers, ("obeyed", "right")),
    "language-next": Experiment(NEXT_CELLS, measure_next, ("likeliest",)),
}
