"""Bytes to text: which encoding, and the few repairs without which the text could not be read or stored.

Whatever is removed or repaired is named; all else stays as it was written (line breaks, curly quotes, spaces). Taking
markup off, cutting lines and judging content belong to later steps.
"""

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import pairwise
from typing import NamedTuple

from resiliparse.parse.encoding import detect_encoding

from pipeline.text.magic import kind_of_binary


class Decoded(NamedTuple):
    """A text, the encoding its bytes were in, its line breaks (lf, crlf, cr, mixed, none) and what was repaired."""

    text: str
    encoding: str
    newline_style: str
    repairs: tuple[str, ...]


class Undecodable(ValueError):
    """Probably text, but in no encoding that fits; the message is a plain sentence."""


class Binary(ValueError):
    """Not text at all; the message is a plain sentence that says what it is, where that is known."""


Raw = tuple[str, str, tuple[str, ...]]  # text before repair, encoding, what had to be done to decode it


def decode(raw: bytes, declared: str | None = None) -> Decoded:
    """The text of `raw`; `declared` is the encoding the file itself names, used when Unicode does not fit.

    Raises `Binary` or `Undecodable`.
    """
    text, encoding, found = decode_unrepaired(raw, declared)
    repaired, repairs = repair(text)
    return Decoded(repaired, encoding, newline_style(repaired), found + repairs)


def decode_unrepaired(raw: bytes, declared: str | None = None) -> Raw:
    """As `decode`, with the text as it came: byte order mark, NULs and mojibake still in it."""
    if kind := kind_of_binary(raw):
        raise Binary(f"This is {kind[0]}, not text; {kind[1]}.")
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _marked(raw, encoding)
    content = raw.rstrip(b"\0")  # an interrupted write leaves a text followed by NULs
    if raw and not content:
        raise Binary("The file holds nothing but NUL bytes, the trace of an interrupted download; fetch it again.")
    n_control = len(content) - len(content.translate(None, _CONTROLS))
    is_noisy = n_control > 1 + _MAX_CONTROL_SHARE * len(content)
    if b"\0" in raw and (is_noisy or _strict(raw, "utf-8") is None) and (guess := _unmarked_utf16(raw)):
        return guess
    if is_noisy:
        raise Binary(
            f"This is not text: {n_control:,} of its {len(raw):,} bytes are control characters; "
            "if it is a document, save it as plain text in UTF-8."
        )
    return _utf8(raw) or _legacy(raw, declared)


def newline_style(text: str) -> str:
    """The line breaks of a text: lf, crlf, cr, mixed or none."""
    crlf = text.count("\r\n")
    counts = {"crlf": crlf, "lf": text.count("\n") - crlf, "cr": text.count("\r") - crlf}
    styles = [style for style, count in counts.items() if count]
    return "mixed" if len(styles) > 1 else styles[0] if styles else "none"


# -- repairs -------------------------------------------------------------------------------------------------------


def repair(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without byte order mark, NULs, lone surrogates and mojibake, and the names of the repairs made."""
    if text.isascii() and "\0" not in text:
        return text, ()
    made = []
    for name, is_suspect, mend in _REPAIRS:
        if is_suspect(text) and (mended := mend(text)) != text:
            text = mended
            made.append(name)
    return text, tuple(made)


def _pair_surrogates(text: str) -> str:
    """Two halves of one character are joined; a lone half, which no table can store, becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _unscramble(text: str) -> str:
    """ftfy, line by line and only where a line looks scrambled: it reads 2 to 6 MB/s, the search 75."""
    fix = _fixer()
    return "\n".join(fix(line) if _MOJIBAKE.search(line) else line for line in text.split("\n"))


@cache
def _fixer() -> Callable[[str], str]:
    """ftfy also straightens quotes, unfolds ligatures and normalises; evidence must not be touched, so all of that is off."""
    import ftfy  # noqa: PLC0415 (slow to import, and few texts need it)

    encoding_only = ftfy.TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
    )
    return partial(ftfy.fix_text, config=encoding_only)


# What UTF-8 looks like when read as Windows-1252, Windows-1251, Mac Roman or DOS; or C1 controls, which are
# Windows-1252 read as Latin-1. Broad on purpose: ftfy decides. One set of first characters keeps the search fast.
_MOJIBAKE = re.compile(
    """[\u0080-\u009f\u00c2-\u00f4вРС‚√Γ├┬](?:
        (?<=[\u0080-\u009f├┬])
      | (?<=[\u00c2-\u00f4]) [\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ\ufffd]
      | (?<=в) Ђ
      | (?<=[РС]) . (?:[РС].){2}
      | (?<=‚) Ä
      | (?<=√) [^\\s\\d(]
      | (?<=Γ) Ç
    )""",
    re.VERBOSE,
)
_SURROGATE = re.compile("[\ud800-\udfff]")

_REPAIRS: tuple[tuple[str, Callable[[str], object], Callable[[str], str]], ...] = (
    ("mojibake", _MOJIBAKE.search, _unscramble),  # first: what it unscrambles may be any of the others
    ("surrogate", _SURROGATE.search, _pair_surrogates),
    ("bom", lambda text: text.startswith("\ufeff"), lambda text: text[1:]),
    ("nul", lambda text: "\0" in text, lambda text: text.replace("\0", "")),
)


# -- Unicode -------------------------------------------------------------------------------------------------------

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# All C0 controls but tab, line feed, vertical tab, form feed, carriage return, escape and the old end-of-file mark.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))
# Compressed or random bytes hold about 10 % of them (25 of 256), structured binaries far more, text next to none.
_MAX_CONTROL_SHARE = 0.05


def _marked(raw: bytes, encoding: str) -> Raw:
    """What begins with the mark of UTF-16 or UTF-32."""
    try:
        text = _wide(raw, encoding)
    except UnicodeDecodeError as error:
        raise Undecodable(
            f"The file begins with the mark of {encoding}, but byte {error.start:,} does not fit; save it as UTF-8."
        ) from None
    if not text:
        raise Binary(f"The file begins like {encoding} text but goes on as binary data; save it as text in UTF-8.")
    return text


def _unmarked_utf16(raw: bytes) -> Raw | None:
    """UTF-16 without a mark: its blanks and line breaks leave NULs in every second place, always the same one.

    Bytes of a Western text are 70 to 85 % lower-case letters and blanks; UTF-16 cannot pass half.
    """
    n_nul, n_even = raw.count(b"\0"), raw[::2].count(b"\0")
    n_letters = len(raw) - len(raw.translate(None, b"abcdefghijklmnopqrstuvwxyz "))
    if max(n_even, n_nul - n_even) < 0.9 * n_nul or n_letters > 0.55 * len(raw):
        return None
    return _wide(raw, "utf-16-be" if 2 * n_even > n_nul else "utf-16-le")


def _wide(raw: bytes, encoding: str) -> Raw | None:
    """UTF-16 or UTF-32 unless it is implausible; an incomplete last character is cut off."""
    n_cut = len(raw) % (4 if "32" in encoding else 2)
    text = raw[: len(raw) - n_cut].decode(encoding, "surrogatepass")
    repairs = ("truncated",) if n_cut else ()
    if not _is_within(text, _UNASSIGNED):
        return None
    if _SURROGATE.search(text):
        return _pair_surrogates(text), encoding, (*repairs, "surrogate")
    return text, encoding, repairs


def _utf8(raw: bytes) -> Raw | None:
    """UTF-8, also cut in its last character or with a few foreign bytes in it (a quotation pasted from elsewhere)."""
    try:
        text, n_read = codecs.utf_8_decode(raw, "strict", False)
    except UnicodeDecodeError:
        return _nearly_utf8(raw)
    if n_read == len(raw):
        return text, "utf-8", ()
    # Of a text that is ASCII so far, a last byte like 0xE9 is no cut character but Latin-1 (`caf\xe9`).
    return None if text.isascii() else (text, "utf-8", ("truncated",))


def _nearly_utf8(raw: bytes) -> Raw | None:
    text = raw.decode("utf-8", "surrogateescape")
    n_foreign = len(_ESCAPED.findall(text))
    n_valid = len(_NON_ASCII.findall(text)) - n_foreign
    # In a text of another encoding, valid UTF-8 sequences are rare accidents; here they must be the rule.
    if n_valid < 4 * n_foreign:
        return None
    return _ESCAPED.sub(_as_windows_1252, text), "utf-8", ("mixed_encodings",)


def _as_windows_1252(escaped: re.Match[str]) -> str:
    return escaped[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")


_ESCAPED = re.compile("[\udc80-\udcff]")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")


# -- the encodings before Unicode ----------------------------------------------------------------------------------

# charset-normalizer tries every codec Python has and confuses neighbours; these are those news was written in.
_CODECS = [
    *("cp1252", "cp1250", "iso8859_2", "cp1254", "cp1257", "cp1253", "cp1255", "cp1256", "iso8859_6", "cp874"),
    *("cp1251", "koi8_r", "cp866", "iso8859_5", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
]
# English with a foreign name here and there. Languages that need another code page (Polish, Czech, Turkish, Croatian
# ...) write 3 % of their letters and more with accents.
_FEW_ACCENTS = 0.02
_TOO_FEW = 4  # characters no detector can tell a code page by
_SAMPLE = 20_000  # characters; enough to judge a text, little enough to judge many


def _legacy(raw: bytes, declared: str | None) -> Raw:
    western = raw.decode("cp1252", "replace")
    n_accents = len(_NON_ASCII.findall(western))
    found = western, "windows-1252", ("invalid_bytes",) if "\ufffd" in western else ()
    if not declared and n_accents <= max(_TOO_FEW, _FEW_ACCENTS * len(western)):
        return found
    for name in _opinions(raw, declared):
        text = _strict(raw, name)
        if text is not None and _is_plausible(text):
            return text, "windows-1252" if text == western else _canonical(name), ()
    if _is_plausible(western):
        return found
    raise Undecodable("The bytes fit no known encoding; find out which one the text was saved in and save it as UTF-8.")


def _opinions(raw: bytes, declared: str | None) -> Iterator[str]:
    """What the file says, then uchardet (by resiliparse; right more often, and ten times faster), then the other."""
    if declared:
        yield declared
    if likely := detect_encoding(raw):
        yield likely
    from charset_normalizer import from_bytes  # noqa: PLC0415 (as ftfy)

    if best := from_bytes(raw, cp_isolation=_CODECS).best():
        yield best.encoding


def _strict(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(_canonical(encoding))
    except (LookupError, ValueError):
        return None


def _canonical(name: str) -> str:
    """One name an encoding; what calls itself Latin-1 or ASCII is Windows-1252 (as browsers read it)."""
    canonical = codecs.lookup(name).name
    if canonical in ("iso8859-1", "ascii"):
        return "windows-1252"
    return re.sub(r"^cp(?=125\d$)", "windows-", canonical)


def _is_plausible(text: str) -> bool:
    """No C1 controls (no encoding before Unicode has a use for them), few symbols, few capitals inside words.

    Real text has under 1 % of either, bytes read in a wrong encoding 20 % and more.
    """
    sample = text[:_SAMPLE]
    n_humps = sum(left.islower() and right.isupper() for left, right in pairwise(sample))
    return not _C1.search(text) and _is_within(text, _UNASSIGNED | _SYMBOLS) and n_humps <= 1 + 0.05 * len(sample)


def _is_within(text: str, odd: frozenset[str]) -> bool:
    """At most one character in ten of these Unicode categories."""
    sample = text[:_SAMPLE]
    n_odd = sum(unicodedata.category(character) in odd and character not in "\t\n\r\f" for character in sample)
    return n_odd <= 1 + 0.1 * len(sample)


_C1 = re.compile("[\u0080-\u009f]")
_UNASSIGNED = frozenset(("Cc", "Cn", "Co", "Cs"))
_SYMBOLS = frozenset(("Sc", "Sk", "Sm", "So"))
