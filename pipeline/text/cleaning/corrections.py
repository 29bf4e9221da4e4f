"""What a reader decided about single blocks: rows of `seeds/rules/corrections.csv`, applied after all rules.

A correction names a document and the text of a block, so that it can never act on another one. What most readers would
decide alike belongs into a rule.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.text.blocks import BODY_KINDS, Block

CORRECTIONS_CSV = "rules/corrections.csv"
"""The file, below the seeds folder."""
CORRECTION = "correction"
"""The rule that every corrected block names."""
_DOCUMENT_ID = re.compile(r"d_[0-9a-f]{16}")


@dataclass(frozen=True)
class Correction:
    """One row: put the block back into the article (`keep`) or take it out (`strip`). White space does not count."""

    document_id: str
    text: str
    verdict: Literal["keep", "strip"]
    reason: str

    def __post_init__(self) -> None:
        if not _DOCUMENT_ID.fullmatch(self.document_id):
            raise ValueError(f"column document_id: {self.document_id!r} is no id such as d_b5c94e0a1f6d2c37")


def folded(text: str) -> str:
    """The text as corrections compare it."""
    return " ".join(text.split())


def corrected(text: str, blocks: Sequence[Block], verdicts: Mapping[str, str]) -> list[Block]:
    """The blocks, those whose folded text has a verdict with it; a kept block that was stripped becomes body."""
    if not verdicts:
        return list(blocks)
    return [_apply(block, verdicts.get(folded(text[block.char_start : block.char_end]))) for block in blocks]


def _apply(block: Block, verdict: str | None) -> Block:
    if verdict is None:
        return block
    is_kept = verdict == "keep"
    kind = (block.kind if block.kind in BODY_KINDS else "body") if is_kept else "other_boilerplate"
    return block._replace(kind=kind, is_body=is_kept, rule_id=CORRECTION, score=float(is_kept))
