"""Lesson 11: a log-mel by hand, a split by speaker, and augmentation that keeps the order of pitch and time."""

import numpy as np
from proof import Proof, Wrong


# 11.e1 ------------------------------------------------------------------------------------------------
def pieces_of(wave, size, hop):
    return np.array([wave[start : start + size] for start in range(0, len(wave) - size + 1, hop)])


def piece_by_piece(wave, window, hop, filters):
    rows = []
    for start in range(0, len(wave) - len(window) + 1, hop):
        spectrum = np.fft.rfft(wave[start : start + len(window)] * window)
        rows.append(np.log10(np.clip((spectrum * spectrum.conj()).real @ filters, 1e-10, None)))
    return rows


def by_matrix(wave, window, hop, filters):
    size = len(window)
    turns = np.exp(-2j * np.pi * np.outer(np.arange(size), np.arange(size // 2 + 1)) / size)
    return np.log10(np.maximum(np.abs((pieces_of(wave, size, hop) * window) @ turns) ** 2 @ filters, 1e-10))


def mel(*, power=2, log=np.log10, floor=1e-10, windowed=True, turned=False, scale=1):
    """Make an answer with one thing done otherwise."""

    def answer(wave, window, hop, filters):
        pieces = pieces_of(wave, len(window), hop) * (window if windowed else 1)
        loudness = np.maximum(np.abs(np.fft.rfft(pieces)) ** power @ filters, floor)
        with np.errstate(divide="ignore"):
            found = scale * log(loudness)
        return found.T if turned else found

    return answer


def logarithm_first(wave, window, hop, filters):
    power = np.abs(np.fft.rfft(pieces_of(wave, len(window), hop) * window)) ** 2
    return np.log10(np.maximum(power, 1e-10)) @ filters


# 11.e2 ------------------------------------------------------------------------------------------------
def name_by_name(speakers, share, rng):
    names = sorted(set(speakers.tolist()))
    rng.shuffle(names)
    tested = set(names[: round(share * len(names))])
    rows = range(len(speakers))
    return [r for r in rows if speakers[r] not in tested], [r for r in rows if speakers[r] in tested]


def with_choice(speakers, share, rng):
    names = np.unique(speakers)
    tested = np.isin(speakers, rng.choice(names, round(share * len(names)), replace=False))
    return ~tested, tested


def with_numbers(speakers, share, rng):
    names, number = np.unique(speakers, return_inverse=True)
    place = rng.permutation(len(names))
    tested = place[number] < round(share * len(names))
    return np.flatnonzero(~tested), np.flatnonzero(tested)


def by_clip(speakers, share, rng):
    rows = rng.permutation(len(speakers))
    cut = round(share * len(rows))
    return rows[cut:], rows[:cut]


def within_each_speaker(speakers, share, rng):
    tested = np.zeros(len(speakers), bool)
    for name in np.unique(speakers):
        own = rng.permutation(np.flatnonzero(speakers == name))
        tested[own[: max(1, round(share * len(own)))]] = True
    return ~tested, tested


def one_tested(speakers, share, rng):
    tested = speakers == rng.choice(np.unique(speakers))
    return np.flatnonzero(~tested), np.flatnonzero(tested)


def always_the_same(speakers, share, rng):
    return name_by_name(speakers, share, np.random.default_rng(0))


def one_clip_each(speakers, share, rng):
    train, test = with_numbers(speakers, share, rng)
    kept = [test[speakers[test] == name][0] for name in np.unique(speakers[test])]
    return train, np.array(kept)


def everything_learned(speakers, share, rng):
    return np.arange(len(speakers)), with_numbers(speakers, share, rng)[1]


# 11.e3 ------------------------------------------------------------------------------------------------
def later_or_earlier(mel, rng):
    shift = int(rng.integers(-5, 6))
    moved = np.full_like(mel, mel.min())
    moved[max(0, shift) : len(mel) + min(0, shift)] = mel[max(0, -shift) : len(mel) - max(0, shift)]
    return moved + rng.normal(0, 0.01, mel.shape)


def a_stripe_hidden(mel, rng):
    hidden = mel.copy()
    start = int(rng.integers(0, len(mel) - 3))
    hidden[start : start + 3] = mel.min()
    return hidden + rng.normal(0, 0.02, mel.shape)


def louder_or_quieter(mel, rng):
    return mel + rng.uniform(-0.2, 0.2)


def one_band_up_or_down(mel, rng):
    return np.roll(mel, int(rng.integers(-1, 2)), axis=1) + rng.normal(0, 0.01, mel.shape)


def shuffled_frames(mel, rng):
    return mel[rng.permutation(len(mel))]


def shuffled_bands(mel, rng):
    return mel[:, rng.permutation(mel.shape[1])]


PROOFS = (
    Proof(
        "11.e1",
        {"piece by piece": piece_by_piece, "a matrix": by_matrix, "in steps": mel()},
        (
            Wrong("no floor", "no-floor", mel(floor=0)),
            Wrong("the natural logarithm", "natural-logarithm", mel(log=np.log)),
            Wrong("decibels", "decibels", mel(scale=10)),
            Wrong("amplitudes", "amplitude", mel(power=1)),
            Wrong("hard edges", "no-window", mel(windowed=False)),
            Wrong("no logarithm", "no-logarithm", mel(log=np.asarray)),
            Wrong("the logarithm before the bands", "logarithm-first", logarithm_first),
            Wrong("turned", "turned", mel(turned=True)),
            Wrong("one window too few", "other-shape", lambda *given: mel()(*given)[:-1]),
        ),
    ),
    Proof(
        "11.e2",
        {"name by name": name_by_name, "masks": with_choice, "numbers": with_numbers},
        (
            Wrong("by clip", "speaker-in-both", by_clip),
            Wrong("of each speaker a share", "speaker-in-both", within_each_speaker),
            Wrong("one speaker, whatever the share", "other-share", one_tested),
            Wrong("always the same", "always-the-same", always_the_same, "partly"),
            Wrong("one clip of each", "left-out", one_clip_each),
            Wrong("learned from everything", "clip-in-both", everything_learned),
            Wrong("nobody tested", "empty-part", lambda speakers, share, rng: (np.arange(len(speakers)), [])),
            Wrong("names for rows", "not-rows", lambda speakers, share, rng: (speakers, speakers)),
        ),
    ),
    Proof(
        "11.e3",
        {
            "a shift": later_or_earlier,
            "a stripe": a_stripe_hidden,
            "loudness": louder_or_quieter,
            "a band up or down": one_band_up_or_down,
        },
        (
            Wrong("upside down", "pitch-turned", lambda mel, rng: mel[:, ::-1] + 0.01 * rng.random()),
            Wrong("a flip by chance", "pitch-turned", lambda mel, rng: mel[:, :: rng.choice([-1, 1])].copy()),
            Wrong("backwards", "time-turned", lambda mel, rng: mel[::-1] + 0.01 * rng.random()),
            Wrong("turned by half a turn", "time-turned", lambda mel, rng: mel[::-1, ::-1] + 0.01 * rng.random()),
            Wrong("unchanged", "unchanged", lambda mel, rng: mel),
            Wrong("always the same shift", "same-each-time", lambda mel, rng: np.roll(mel, 2, axis=0)),
            Wrong("frames in any order", "order-lost", shuffled_frames),
            Wrong("bands in any order", "order-lost", shuffled_bands),
            Wrong("four bands up", "pitch-moved", lambda mel, rng: np.roll(mel, 4, axis=1) + 0.01 * rng.random()),
            Wrong("drowned", "gone", lambda mel, rng: mel + rng.normal(0, 3, mel.shape)),
            Wrong("turned by a quarter", "other-shape", lambda mel, rng: mel.T),
        ),
    ),
)
