"""Knowledge compiled for use, once a process: the cleaner, the segmenter, the tagger, the quoter.

Most functions take the seeds folder and a digest of the seeds, so that an edited file is read again; those that need
actors also the user's own registers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from pipeline.fingerprints import seeds_digest
from pipeline.knowledge import SeedError, read_arrays, read_rows
from pipeline.readers.given import names_of
from pipeline.registers.reading import CAMEO_CSV, read_register
from pipeline.remembered import remembered
from pipeline.text import boilerplate, language, names, quotes, sentences
from pipeline.text import mentions as tagging
from pipeline.text.cleaning.corrections import CORRECTIONS_CSV, Correction, folded
from pipeline.text.cleaning.model import model as line_model
from pipeline.text.cleaning.rules import Rule
from pipeline.text.lexicon import NameWord
from pipeline.text.register import Register
from pipeline.text.registering.petrarch import Complaint
from pipeline.text.speech import SpeechVerb
from pipeline.text.tagging.proposed import Proposer

CLEANER_SEEDS = ("rules/boilerplate.csv", "models/boilerplate.npz")
REGISTER_SEEDS = ("register/*.csv", CAMEO_CSV)
NAME_SEEDS = ("rules/name_noise.csv", "rules/name_words.csv", "rules/speech_verbs.csv")
TAGGER_SEEDS = (*REGISTER_SEEDS, "rules/name_words.csv", "rules/speech_verbs.csv")


def rules(seeds: str) -> list[Rule]:
    """The boilerplate rules; steps with other seeds beside them share one reading."""
    return _rules(seeds, seeds_digest(seeds, CLEANER_SEEDS[:1]))


@lru_cache(maxsize=2)
@remembered
def _rules(seeds: str, digest: str) -> list[Rule]:
    rows = read_rows(Path(seeds) / CLEANER_SEEDS[0], Rule)
    for row in rows:
        row.needles  # noqa: B018 (asked for now, to be remembered with the rows)
    return rows


def cleaner(seeds: str, digest: str, profile: str) -> boilerplate.Cleaner:
    """Text to blocks."""
    clean = cleaners(seeds, digest, profile)
    return lambda text, **known: next(clean([(text, known)]))


@lru_cache(maxsize=2)
def cleaners(seeds: str, digest: str, profile: str) -> boilerplate.Cleaners:
    """Texts, each with what is known of it, to blocks."""
    path = Path(seeds) / "models" / "boilerplate.npz"
    try:
        model = line_model(read_arrays(path))
    except SeedError:
        raise
    except ValueError as error:
        raise SeedError(f"{path.name}: {error}; restore it from the repository") from error
    return boilerplate.cleaners(rules(seeds), profile, model)


@cache
@remembered
def languages() -> language.Model:
    """What is known of languages."""
    return language.unpacked()


@lru_cache(maxsize=2)
def corrections(seeds: str, digest: str) -> list[Correction]:
    """The corrections. Raises `SeedError`, also when two rows decide about the same block."""
    rows = read_rows(Path(seeds) / CORRECTIONS_CSV, Correction)
    first: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows, 2):
        before = first.setdefault((row.document_id, folded(row.text)), number)
        if before != number:
            raise SeedError(f"{CORRECTIONS_CSV}, row {number}: row {before} decides about this block; keep one of them")
    return rows


@lru_cache(maxsize=2)
def segmenter(seeds: str, digest: str) -> Callable[[str], list[sentences.Span]]:
    """Text to sentence spans."""
    abbreviations = read_rows(Path(seeds) / "rules" / "abbreviations.csv", sentences.Abbreviation)
    return sentences.segmenter(abbreviations, speech_verbs(seeds, digest))


@lru_cache(maxsize=2)
def speech_verbs(seeds: str, digest: str) -> list[SpeechVerb]:
    """The verbs of saying."""
    return read_rows(Path(seeds) / "rules" / "speech_verbs.csv", SpeechVerb)


def registers(seeds: str, own: tuple[str, ...] = ()) -> tuple[Register, Mapping[str, Sequence[Complaint]]]:
    """The register, validated as a whole, and the lines of dictionaries that could not be used. Raises `SeedError`."""
    return _registers(seeds, seeds_digest(seeds, REGISTER_SEEDS, own), own)


@lru_cache(maxsize=2)
@remembered
def _registers(seeds: str, digest: str, own: tuple[str, ...]) -> tuple[Register, Mapping[str, Sequence[Complaint]]]:
    return read_register(seeds, own)


def actor_register(seeds: str, own: tuple[str, ...] = ()) -> Register:
    """The register, `own` ones over ours. Raises `SeedError`."""
    return registers(seeds, own)[0]


@lru_cache(maxsize=2)
def name_words(seeds: str, digest: str) -> list[NameWord]:
    """The words that help to read a name."""
    return read_rows(Path(seeds) / "rules" / "name_words.csv", NameWord)


@lru_cache(maxsize=2)
def tagger(
    seeds: str, digest: str, own: tuple[str, ...] = (), proposer: Proposer | None = None
) -> Callable[..., list[tagging.Mention]]:
    """Text and sentences to mentions, with those an optional tagger proposes."""
    words = name_words(seeds, digest)
    return tagging.tagger(actor_register(seeds, own), speech_verbs(seeds, digest), words, proposer)


@lru_cache(maxsize=2)
def name_finder(seeds: str, digest: str) -> Callable[..., Iterator[names.Name]]:
    """Sentences and known spans to the names nobody covers."""
    noise = read_rows(Path(seeds) / "rules" / "name_noise.csv", names.NoiseWord)
    titles = [word.word for word in name_words(seeds, digest) if word.kind == "title"]
    return names.name_finder(noise, titles, (form for verb in speech_verbs(seeds, digest) for form in verb.forms))


@lru_cache(maxsize=2)
def quoter(seeds: str, digest: str) -> Callable[..., list[quotes.Quote]]:
    """Text, sentences and mentions to quotes."""
    return quotes.quoter(speech_verbs(seeds, digest))


def inventory(seeds: str, own: tuple[str, ...] = ()) -> list[str]:
    """What the seeds and registers hold, a line each, once everything has been read and compiled. Raises `SeedError`."""
    register, complaints = registers(seeds, own)
    tagger(seeds, "", own)
    segmenter(seeds, "")
    name_finder(seeds, "")
    names = names_of(seeds)
    counts = {
        "actors": len(register.actors),
        "surface forms": len(register.aliases),
        "terms in offices": len(register.offices),
        "role nouns": len(register.roles),
        "boilerplate rules": len(rules(seeds)),
        "corrections": len(corrections(seeds, "")),
        "verbs of saying": len(speech_verbs(seeds, "")),
        "names of columns and tags": sum(len(some) for place in names[:3] for some in place.values()),
        "separators of exports": len(names.exports),
    }
    lines = [f"{count:>8,} {name}" for name, count in counts.items()]
    for source in (Path(one).name for one in own):
        rows = (*register.actors, *register.aliases, *register.offices, *register.roles)
        lines.append(f"{sum(row.source == source for row in rows):>8,} rows from {source}")
        lines += [f"         {source}, line {line}: {problem}" for line, problem in complaints.get(source, ())]
    return lines
