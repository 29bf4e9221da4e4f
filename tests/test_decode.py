"""Bytes to text: encodings, repairs, and what is refused."""

import random

import ftfy  # noqa: F401 (brings the codec sloppy-windows-1252)
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.decode import Binary, Undecodable, decode, newline_style, repair

WESTERN = "Le ministre a déclaré à Málaga : « L’été sera – disons – difficile », et le café coûte 3 €.\r\nFin.\r\n"


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        (WESTERN, "utf-8", "utf-8"),
        (WESTERN, "cp1252", "windows-1252"),
        ("The café’s owner met Mr Muñoz in Zürich; talks went on.", "cp1252", "windows-1252"),
        ("El niño llegó ayer a la estación, según la policía.", "latin-1", "windows-1252"),
        ("Bundeskanzler Weiß äußerte sich über die Lage in Köln.", "latin-1", "windows-1252"),
        ("Prezydent powiedział we wtorek, że żołnierze wrócą do domu po świętach.", "cp1250", "windows-1250"),
        ("Předseda vlády řekl, že příští týden přijede delegace z Prahy.", "iso8859-2", "iso8859-2"),
        ("Cumhurbaşkanı salı günü görüşmelerin süreceğini söyledi, dışişleri doğruladı.", "cp1254", "windows-1254"),
        ("Министр иностранных дел отказался от комментариев во вторник.", "cp1251", "windows-1251"),
        ("Министр иностранных дел отказался от комментариев во вторник.", "koi8-r", "koi8-r"),
        ("قال الرئيس يوم الثلاثاء إن المحادثات ستستمر الأسبوع المقبل.", "cp1256", "windows-1256"),
        ("首相は火曜日、協議は来週も続くと述べた。外務省はコメントを控えた。", "shift_jis", "shift_jis"),
        ("总统星期二表示，谈判将于下周继续进行。外交部拒绝置评。", "gb18030", "gb18030"),
        ("대통령은 화요일 다음 주에도 협의를 계속하겠다고 말했다.", "euc_kr", "euc_kr"),
        (WESTERN, "utf-16-le", "utf-16-le"),
        (WESTERN, "utf-16-be", "utf-16-be"),
        ("Министр отказался от комментариев.", "utf-16-le", "utf-16-le"),
    ],
)
def test_encoding_is_recognised_and_nothing_is_changed(text: str, codec: str, encoding: str) -> None:
    assert decode(text.encode(codec))[:2] == (text, encoding)
    assert decode(text.encode(codec)).repairs == ()


@pytest.mark.parametrize(
    ("raw", "text", "repairs"),
    [
        (b"", "", ()),
        (b"\xef\xbb\xbfSaid.", "Said.", ("bom",)),
        (b"\xff\xfe" + "Saïd.".encode("utf-16-le"), "Saïd.", ("bom",)),
        ("Saïd.".encode("utf-32"), "Saïd.", ("bom",)),
        (b"\xff\xfe" + "Saïd.".encode("utf-16-le") + b"x", "Saïd.", ("truncated", "bom")),
        (b"The coun\0cil said no to the bridge.", "The council said no to the bridge.", ("nul",)),
        (b"The council said no.\n" + bytes(900), "The council said no.\n", ("nul",)),
        ("Málaga said.é".encode()[:-1], "Málaga said.", ("truncated",)),
        (b"He met her at the caf\xe9", "He met her at the café", ()),
        ("Málaga’s café – ".encode() + b"Mu\xf1oz", "Málaga’s café – Muñoz", ("mixed_encodings",)),
        ("“Málaga’s” café".encode().decode("sloppy-windows-1252").encode(), "“Málaga’s” café", ("mojibake",)),
        (b"a \x81 byte that no Western text has, said \x93he\x94", "a \ufffd byte that no Western text has, said “he”", ("invalid_bytes",)),
    ],
)  # fmt: skip
def test_repairs_are_named(raw: bytes, text: str, repairs: tuple[str, ...]) -> None:
    decoded = decode(raw)
    assert (decoded.text, decoded.repairs) == (text, repairs)


def test_declared_encoding_counts_only_where_unicode_does_not_fit() -> None:
    assert decode("Gdańsk, Łódź".encode("iso8859-2"), "ISO-8859-2").text == "Gdańsk, Łódź"
    assert decode("Gdańsk, Łódź".encode(), "iso-8859-2").text == "Gdańsk, Łódź"
    assert decode("Köln und Düsseldorf".encode("cp1252"), "no-such-encoding").text == "Köln und Düsseldorf"


@pytest.mark.parametrize(
    ("raw", "error", "words"),
    [
        (b"%PDF-1.7\n", Binary, "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", Binary, "a PNG image"),
        (b"PK\x03\x04\x14", Binary, "Office"),
        (b"{\\rtf1 ", Binary, "RTF"),
        (b"\xef\xbb\xbfTY  - NEWS\r\nTI  - Ferry strike\r\nER  - \r\n", Binary, "references"),
        (bytes(50), Binary, "NUL"),
        (random.Random(7).randbytes(3000), Binary, "control characters"),
        (b"\xff\xfe" + random.Random(7).randbytes(3000), Binary, "utf-16-le"),
        (bytes(range(0x80, 0x100)) * 5, Undecodable, "no known encoding"),
    ],
)
def test_refusals_say_what_it_is(raw: bytes, error: type[ValueError], words: str) -> None:
    with pytest.raises(error, match=words) as refusal:
        decode(raw)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("text", "mended", "repairs"),
    [
        ("“Curly” quotes, ﬁ ligatures, ＦＵＬＬ width, e\u0301 and &amp; stay.\r\n", None, ()),
        ("« déjà vu » à Genève, “né” à Paris — ça va", None, ()),
        ("\ufeffMid \ufeff dle", "Mid \ufeff dle", ("bom",)),
        ("half \ud83d and whole \ud83d\ude00", "half \ufffd and whole \U0001f600", ("surrogate",)),
        ("ï»¿It’s marked", "It’s marked", ("mojibake", "bom")),
        ("It\x92s C1", "It’s C1", ("mojibake",)),
        ("Ð\x9cÐ¸Ð½Ð¸Ñ\x81Ñ\x82Ñ\x80 said", "Министр said", ("mojibake",)),
        ("РњРёРЅРёСЃС‚СЂ РёРЅРѕСЃС‚СЂР°РЅРЅС‹С… РґРµР»", "Министр иностранных дел", ("mojibake",)),
    ],
)
def test_repair_mends_only_what_cannot_be_read(text: str, mended: str | None, repairs: tuple[str, ...]) -> None:
    assert repair(text) == (text if mended is None else mended, repairs)


@pytest.mark.parametrize(
    ("text", "style"),
    [("a", "none"), ("a\nb", "lf"), ("a\r\nb\r\n", "crlf"), ("a\rb", "cr"), ("a\r\nb\n", "mixed"), ("a\n\rb", "mixed")],
)
def test_newline_style(text: str, style: str) -> None:
    assert newline_style(text) == style
    assert decode(text.encode()).newline_style == style


# Assigned characters but controls and private ones: what a text may hold.
TEXT = st.text(st.one_of(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co"]), st.sampled_from("\t\r\n ")))


@given(TEXT, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_unicode_comes_back_but_for_named_repairs(text: str, codec: str) -> None:
    decoded = decode(text.encode(codec))
    mark = "" if codec == "utf-8" else "\ufeff"
    assert (decoded.text, decoded.repairs) == repair(mark + text)


WORDS = st.lists(st.sampled_from((WESTERN + "the council of Norland said it would not wait").split()), unique=True)


@given(WORDS, st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]))
def test_western_text_comes_back_from_every_encoding(words: list[str], codec: str) -> None:
    text = WESTERN + " ".join(words)
    assert decode(text.encode(codec)).text == text


@given(st.binary())
def test_any_bytes_are_text_or_refused(raw: bytes) -> None:
    try:
        text = decode(raw).text
    except (Binary, Undecodable):
        return
    text.encode()  # no lone surrogate is left
    assert "\0" not in text


@given(st.text(st.characters()))
def test_repair_makes_any_text_storable(text: str) -> None:
    mended, _ = repair(text)
    mended.encode()
    assert "\0" not in mended
