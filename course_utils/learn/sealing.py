"""Sealed replies: the learner's answer opens them, and the file alone does not show them.

Each reply is encrypted with a key that only its own answer gives, by a slow hash (scrypt), and stored under a tag
from the same hash. So no file of the package says which answer is right. The limits: a question with four choices
has only four answers, which a program can try in no time. The seal keeps a glance into a file from spoiling the
question. It does not protect marks, because quick checks are not marked.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass

_SLOWNESS = 2**10  # of scrypt: 2 ms on a core; a check derives up to seven keys and should answer within 50 ms
_TAG = 8  # bytes


@dataclass(frozen=True)
class Reply:
    """The reply to an answer. ``rights`` is how many choices are right in all, to say how many are missing."""

    right: bool
    why: str
    rights: int = 1


def seal(answer: str, reply: Reply, salt: str) -> tuple[str, str]:
    """Return (tag, sealed reply), both as hexadecimal digits. ``answer`` is in its canonical form."""
    tag, key = _derive(answer, salt)
    return tag, _mask(json.dumps(astuple(reply), ensure_ascii=False).encode(), key).hex()


def unseal(answer: str, sealed: Mapping[str, str], salt: str) -> Reply | None:
    """Return the reply that ``answer`` opens; None when there is none. Raises ValueError when it is damaged."""
    tag, key = _derive(answer, salt)
    if tag not in sealed:
        return None
    try:
        return Reply(*json.loads(_mask(bytes.fromhex(sealed[tag]), key)))
    except TypeError as error:
        raise ValueError("the seal holds no reply") from error


def _derive(answer: str, salt: str) -> tuple[str, bytes]:
    digest = hashlib.scrypt(answer.encode(), salt=salt.encode(), n=_SLOWNESS, r=8, p=1, dklen=_TAG + 32)
    return digest[:_TAG].hex(), digest[_TAG:]


def _mask(content: bytes, key: bytes) -> bytes:
    stream = hashlib.shake_256(key).digest(len(content))
    return bytes(one ^ other for one, other in zip(content, stream, strict=True))
