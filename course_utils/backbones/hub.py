"""Networks of KerasHub, an extra of the course: transformers for pictures, text and sound.

KerasHub (0.32) has no wav2vec 2.0; Moonshine, which also takes the raw wave, is the nearest network that it keeps.

Token ids are those of KerasHub's tokenizers (``keras_hub.tokenizers.BertTokenizer.from_preset("bert_base_en_uncased")``
and so on), which need tensorflow-text: not available on Windows. Fill rows up with ``spec.pooling.padding``: for GPT-2
the id of ``<|endoftext|>``, since 0, with which KerasHub fills up, is also its id of "!".
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import keras

from course_utils.backbones import hub_flattening, hub_presets
from course_utils.backbones.hub_presets import HubPreset, random_numbers
from course_utils.backbones.spec import BackboneSpec, Hub, ModelCard, Pooling
from course_utils.errors import CourseError

_BERT_PADDING, _ROBERTA_PADDING, _GPT2_PADDING = 0, 1, 50_256


def _spec(
    preset: HubPreset,
    flat: Callable[[keras.Model, str], keras.Model],
    megabytes: float,
    first: Mapping[str, str],
    layer: str,
    **about: Any,
) -> BackboneSpec:
    """Return a spec whose blocks are the ``first`` ones and then one for each transformer layer.

    ``layer`` makes the name of a transformer layer's end from its number, counted from 1 and from 0.
    """

    def build(weights: str | None, seed: int, size: int) -> keras.Model:
        if weights is not None and seed != 0:
            raise CourseError(f"{preset.name} has one pretraining run, seed 0; seed={seed} does not exist.")
        with random_numbers(seed):
            return flat(preset.pretrained() if weights else preset.untrained(), preset.name)

    depth = preset.size.get("num_layers") or preset.size["encoder_num_layers"]
    blocks = {**first, **{f"layer{number}": layer.format(number, number - 1) for number in range(1, depth + 1)}}
    blocks[f"layer{depth}"] = f"{preset.name}_output"  # with the last normalisation
    hub = Hub("KerasHub", megabytes, preset.is_cached)
    return BackboneSpec(name=preset.name, blocks=blocks, builder=build, hub=hub, **about)


_STRUCTURE_ONLY = "weights not at hand; with random ones, outputs equal those of KerasHub's own model within 1e-5"

HUB = (
    _spec(
        hub_presets.VIT_B16,
        hub_flattening.vit,
        343,
        {"embedding": "patch_sequence"},
        "layer{0}_add2",
        modality="pictures",
        input_sizes=(224,),
        preprocessing="[0, 255] to [-1, 1]",
        outside=frozenset({"rescale"}),
        source_task="1,000 classes of photographs",
        source_data="ImageNet-21k, then ImageNet (ILSVRC 2012)",
        source_inputs=14_197_122,
        licence="Apache-2.0",
        card=ModelCard(
            parameters=85_798_656,
            paper="Dosovitskiy et al. 2021, An Image is Worth 16x16 Words",
            score="none published for this preset",
            verified=_STRUCTURE_ONLY,
            speed="4 pictures of 224 pixels",
        ),
    ),
    _spec(
        hub_presets.CLIP_VIT_B16,
        hub_flattening.clip,
        599,
        {"embedding": "embedding_norm"},
        "layer{0}_block",
        modality="pictures",
        input_sizes=(224,),
        preprocessing="less CLIP's means of the channels, divided by its standard deviations",
        outside=frozenset({"standardise"}),
        source_task="which text belongs to which picture",
        source_data="400 million pictures with their texts from the web",
        source_inputs=400_000_000,
        licence="MIT",
        card=ModelCard(
            parameters=85_799_424,
            paper="Radford et al. 2021, Learning Transferable Visual Models From Natural Language Supervision",
            score="68.6 % of ImageNet's validation pictures, zero-shot, with its text tower (its authors' figure)",
            verified=_STRUCTURE_ONLY,
            speed="4 pictures of 224 pixels",
        ),
    ),
    _spec(
        hub_presets.BERT_BASE,
        partial(hub_flattening.bert, padding=_BERT_PADDING),
        438,
        {"embedding": "embeddings_dropout"},
        "transformer_layer_{1}",
        modality="text",
        preprocessing="token ids of BERT's uncased WordPiece vocabulary",
        pooling=Pooling(padding=_BERT_PADDING),
        source_task="hidden words, and whether a sentence follows another",
        source_data="English Wikipedia and BooksCorpus",
        licence="Apache-2.0",
        card=ModelCard(
            parameters=108_891_648,
            paper="Devlin et al. 2019, BERT: Pre-training of Deep Bidirectional Transformers",
            score="79.6 on average over GLUE, fine-tuned (its authors' figure)",
            verified=_STRUCTURE_ONLY,
            speed="24 texts of 32 tokens",
        ),
    ),
    _spec(
        hub_presets.ROBERTA_BASE,
        partial(hub_flattening.roberta, padding=_ROBERTA_PADDING),
        496,
        {"embedding": "embeddings_dropout"},
        "transformer_layer_{1}",
        modality="text",
        preprocessing="token ids of RoBERTa's byte-pair vocabulary",
        pooling=Pooling(padding=_ROBERTA_PADDING),
        source_task="hidden words",
        source_data="160 GB of English books, encyclopedia, news and web pages",
        licence="MIT",
        card=ModelCard(
            parameters=124_052_736,
            paper="Liu et al. 2019, RoBERTa: A Robustly Optimized BERT Pretraining Approach",
            score="87.6 % on MNLI, fine-tuned (its authors' figure)",
            verified=_STRUCTURE_ONLY,
            speed="25 texts of 32 tokens",
        ),
    ),
    _spec(
        hub_presets.GPT2,
        partial(hub_flattening.gpt2, padding=_GPT2_PADDING),
        498,
        {"embedding": "embeddings_dropout"},
        "transformer_layer_{1}",
        modality="text",
        preprocessing="token ids of GPT-2's byte-pair vocabulary",
        pooling=Pooling(padding=_GPT2_PADDING),
        source_task="the next word",
        source_data="8 million web pages (WebText)",
        source_inputs=8_000_000,
        licence="MIT",
        card=ModelCard(
            parameters=124_439_808,
            paper="Radford et al. 2019, Language Models are Unsupervised Multitask Learners",
            score="perplexity 35.1 on LAMBADA (its authors' figure)",
            verified=_STRUCTURE_ONLY,
            speed="25 texts of 32 tokens",
        ),
    ),
    _spec(
        hub_presets.MOONSHINE_TINY_EN,
        hub_flattening.moonshine,
        108,
        {"convolutions": "gelu_after_conv3"},
        "encoder_block_{1}",
        modality="sound",
        preprocessing="none: the wave at 16 kHz, in -1..1, between 0.1 and 64 seconds",
        source_task="transcribing English speech",
        source_data="200,000 hours of speech with transcripts",
        licence="MIT",
        card=ModelCard(
            parameters=7_681_264,
            paper="Jeffries et al. 2024, Moonshine: Speech Recognition for Live Transcription and Voice Commands",
            score="12.7 % word errors on average over eight test sets, with its decoder (its authors' figure)",
            verified=_STRUCTURE_ONLY,
            speed="144 seconds of sound, one by one",
        ),
    ),
)
