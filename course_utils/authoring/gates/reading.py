"""How hard a lesson is to read, and whether it takes as long as it says."""

import re
from collections.abc import Iterator

from course_utils.authoring.gates.subject import Finding, Subject

WORDS_A_MINUTE = 200  # attentive reading; light prose goes at 240 (Brysbaert 2019, Journal of Memory and Language)
CODE_LINES_A_MINUTE = 60
MINUTES_A_QUICK_CHECK = 0.5
MINUTES_A_POINT = 2  # of an exercise, whose points say how much there is to do
MOST_OFF = 2  # the factor beyond which the front matter's minutes mislead

_NOT_READ = re.compile(r"^(```|~~~).*?^\1|\]\([^)]*\)|https?://\S+|<[^>]+>", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`]*`")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_BLOCK = re.compile(r"\n\s*\n|\n\s*(?=[-*] |\d+\. |#)")
_SENTENCE = re.compile(r"[.!?:;]+[\s)*_\"\u201d]|[.!?:;]+$")


def reading_level(text: str) -> float:
    """Return the Flesch-Kincaid grade: the US school year whose pupils can read the text.

    ``0.39 words/sentences + 11.8 syllables/words - 15.59`` (Kincaid, Fishburne, Rogers and Chissom 1975,
    *Derivation of New Readability Formulas*). Colons, semicolons, headings and list items also end a sentence; code
    doesn't count as words. 0 for a text without words.
    """
    blocks = _BLOCK.split(_CODE.sub(" ", _NOT_READ.sub("", text)))
    sentences = [words for block in blocks for part in _SENTENCE.split(block) if (words := _WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 0.0
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """Count the groups of vowels, less a silent final e (except in *-le* after a consonant); at least one."""
    word = word.lower()
    silent = re.search(r"[^aeiouy]e$", word) and not re.search(r"[^aeiouy]le$", word)
    return max(1, len(re.findall(r"[aeiouy]+", word)) - bool(silent))


def words(subject: Subject) -> int:
    """Count the words of the lesson's text."""
    return len(_WORD.findall(_NOT_READ.sub("", _text(subject))))


def minutes(subject: Subject) -> float:
    """Estimate a learner's minutes: reading text and code, answering the questions, doing the exercises."""
    code = [cell.source for cell in subject.learner.cells if cell.cell_type == "code"]
    lines = sum(bool(line.strip()) for source in code for line in source.splitlines())
    questions = len(subject.questions) + len(subject.knowledge_check)
    answers = MINUTES_A_QUICK_CHECK * questions + MINUTES_A_POINT * sum(subject.points.values())
    return words(subject) / WORDS_A_MINUTE + lines / CODE_LINES_A_MINUTE + answers


def minutes_are_about_right(subject: Subject) -> Iterator[Finding]:
    """The front matter's minutes are off by at most a factor of two."""
    said, counted = subject.front_matter.minutes, minutes(subject)
    if not said / MOST_OFF <= counted <= said * MOST_OFF:
        what = f"it says {said}, but its words, code and checks take about {counted:.0f}. Change it to that."
        yield subject.finding("minutes in the front matter", what)


def level(subject: Subject) -> float:
    """Return the reading level of the lesson's text."""
    return reading_level(_text(subject))


def _text(subject: Subject) -> str:
    return "\n\n".join(cell.source for cell in subject.pages())
