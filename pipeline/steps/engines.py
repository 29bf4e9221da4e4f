"""Knowledge compiled for use, once a process: the cleaner, the segmenter, the tagger, the quoter.

Every function takes the seeds folder and a digest of the seeds, so that an edited file is read again.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from pipeline.knowledge import SeedError, read_rows
from pipeline.readers.given import names_of
from pipeline.text import boilerplate, quotes, register, sentences
from pipeline.text import mentions as tagging
from pipeline.text.blocks import Block
from pipeline.text.lexicon import NameWord
from pipeline.text.register import Register
from pipeline.text.speech import SpeechVerb
from pipeline.text.tagging.proposed import Proposer

TAGGER_SEEDS = ("register/*.csv", "rules/name_words.csv", "rules/speech_verbs.csv")


@lru_cache(maxsize=2)
def rules(seeds: str, digest: str) -> list[boilerplate.Rule]:
    """The boilerplate rules."""
    return read_rows(Path(seeds) / "rules" / "boilerplate.csv", boilerplate.Rule)


@lru_cache(maxsize=2)
def cleaner(seeds: str, digest: str, profile: str) -> Callable[..., list[Block]]:
    """Text to blocks."""
    return boilerplate.cleaner(rules(seeds, digest), profile)


@lru_cache(maxsize=2)
def segmenter(seeds: str, digest: str) -> Callable[[str], list[sentences.Span]]:
    """Text to sentence spans."""
    abbreviations = read_rows(Path(seeds) / "rules" / "abbreviations.csv", sentences.Abbreviation)
    return sentences.segmenter(abbreviations, speech_verbs(seeds, digest))


@lru_cache(maxsize=2)
def speech_verbs(seeds: str, digest: str) -> list[SpeechVerb]:
    """The verbs of saying."""
    return read_rows(Path(seeds) / "rules" / "speech_verbs.csv", SpeechVerb)


@lru_cache(maxsize=2)
def actor_register(seeds: str, digest: str) -> Register:
    """The register, validated as a whole. Raises `SeedError`."""
    folder = Path(seeds) / "register"
    try:
        return register.build(
            countries=read_rows(folder / "countries.csv", register.Country),
            organisations=read_rows(folder / "organisations.csv", register.Organisation),
            people=read_rows(folder / "people.csv", register.Person),
            offices=read_rows(folder / "offices.csv", register.OfficeRow),
            roles=read_rows(folder / "roles.csv", register.RoleRow),
            aliases=read_rows(folder / "aliases.csv", register.AliasRow),
        )
    except SeedError:
        raise
    except ValueError as error:
        raise SeedError(str(error)) from error


@lru_cache(maxsize=2)
def tagger(seeds: str, digest: str, proposer: Proposer | None = None) -> Callable[..., list[tagging.Mention]]:
    """Text and sentences to mentions, with those an optional tagger proposes."""
    words = read_rows(Path(seeds) / "rules" / "name_words.csv", NameWord)
    return tagging.tagger(actor_register(seeds, digest), speech_verbs(seeds, digest), words, proposer)


@lru_cache(maxsize=2)
def quoter(seeds: str, digest: str) -> Callable[..., list[quotes.Quote]]:
    """Text, sentences and mentions to quotes."""
    return quotes.quoter(speech_verbs(seeds, digest))


def inventory(seeds: str) -> list[str]:
    """What the seeds hold, a line each, once everything has been read and compiled. Raises `SeedError`."""
    register = actor_register(seeds, "")
    tagger(seeds, "")
    segmenter(seeds, "")
    counts = {
        "actors": len(register.actors),
        "surface forms": len(register.aliases),
        "terms in offices": len(register.offices),
        "role nouns": len(register.roles),
        "boilerplate rules": len(rules(seeds, "")),
        "verbs of saying": len(speech_verbs(seeds, "")),
        "names of columns and tags": sum(len(some) for place in names_of(seeds) for some in place.values()),
    }
    return [f"{count:>8,} {name}" for name, count in counts.items()]
