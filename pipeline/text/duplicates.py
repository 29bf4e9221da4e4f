"""Which articles tell the same text: MinHash signatures, locality-sensitive hashing, clusters.

Works on signatures, never on the texts of the whole corpus. Deciding what to do with duplicates is the user's.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from rensa import RMinHash

from pipeline.text.words import WORD_CHARACTERS

_SHINGLE = 5  # words; long enough that chance agreement between articles is rare (Broder 1997)
_SLOTS = 126
_BANDS = 21  # of 6 slots: finds 99.8 % of pairs at similarity .8 and 29 % at .5, where near begins and ends
_NEAR = 0.8
_LEAST_WORDS = 20  # shorter texts share their few shingles with too many others
_CROWD = 50  # a bucket with more members is paired with its first one only, so that work stays linear


def signatures(bodies: Iterable[str]) -> list[bytes]:
    """MinHash signature of each body's five-word shingles: 126 unsigned 32-bit slots; empty for a very short body.

    Source: Broder 1997, "On the resemblance and containment of documents".
    """
    folded = pl.Series([body.casefold() for body in bodies], dtype=pl.String)
    words = folded.str.replace_all(rf"[^{WORD_CHARACTERS}]+", " ").str.strip_chars(" ").cast(pl.Binary)
    return [_signature(of_body) for of_body in words]


def _signature(words: bytes) -> bytes:
    """Of words with one space between them."""
    gaps = [-1, *np.flatnonzero(np.frombuffer(words, np.uint8) == ord(" ")).tolist(), len(words)]
    if len(gaps) <= _LEAST_WORDS:
        return b""
    sketch = RMinHash(num_perm=_SLOTS, seed=1)
    sketch.update([words[before + 1 : behind] for before, behind in zip(gaps, gaps[_SHINGLE:], strict=False)])
    return np.array(sketch.digest(), dtype="<u4").tobytes()


def pairs(signed: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of `duplicates` from (document_id, body_sha256, signature), one row per document, sorted by id.

    Equal bodies are paired with the first of them; distinct bodies when their similarity is at least 0.8.
    """
    found = [*_exact(signed), *_near(signed.unique("body_sha256", keep="first", maintain_order=True))]
    cluster = _clusters([(one, other) for one, other, _, _ in found])
    names = ("document_id", "other_document_id", "kind", "similarity")
    return [{**dict(zip(names, pair, strict=True)), "cluster_id": cluster[pair[0]]} for pair in found]


Pair = tuple[str, str, str, float]


def _exact(signed: pl.DataFrame) -> Iterator[Pair]:
    same = signed.group_by("body_sha256").agg("document_id").filter(pl.col("document_id").list.len() > 1)
    for ids in same["document_id"]:
        first, *others = sorted(ids)
        for other in others:
            yield first, other, "exact", 1.0


def _near(signed: pl.DataFrame) -> Iterator[Pair]:
    signed = signed.filter(pl.col("signature").bin.size() > 0)
    ids = signed["document_id"].to_list()
    if not ids:
        return
    slots = np.frombuffer(b"".join(signed["signature"]), dtype="<u4").reshape(len(ids), _SLOTS)
    for one, other in sorted(_candidates(slots)):
        similarity = float((slots[one] == slots[other]).mean())
        if similarity >= _NEAR:
            yield ids[one], ids[other], "near", round(similarity, 4)


def _candidates(slots: np.ndarray[Any, Any]) -> set[tuple[int, int]]:
    """Rows that agree in at least one band."""
    found: set[tuple[int, int]] = set()
    for band in np.split(slots, _BANDS, axis=1):
        keys = pl.DataFrame({"key": [row.tobytes() for row in band], "row": np.arange(len(band))})
        for rows in keys.group_by("key").agg("row").filter(pl.col("row").list.len() > 1)["row"]:
            first, *others = members = sorted(rows)
            found.update(combinations(members, 2) if len(members) <= _CROWD else ((first, other) for other in others))
    return found


def _clusters(linked: list[tuple[str, str]]) -> dict[str, str]:
    """Smallest id of each connected set (union-find)."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = name = parent[parent[name]]
        return name

    for one, other in linked:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return {name: root(name) for name in parent}
