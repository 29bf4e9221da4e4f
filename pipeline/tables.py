"""THE CODEBOOK: every table and every column Tidywire publishes, declared once.

Read it from top to bottom as a researcher would: what came in, what was cleaned away, what was found, who the actors are,
what to look at next. Arrow schema, checks, DuckDB comments, the `codebook` table and the documentation are all rendered
from this page. It is longer than other modules because it is one thing; how a table is checked or written is elsewhere.
"""

from dataclasses import replace
from datetime import date

from pipeline.contract import Column, Table

# ------------------------------------------------------------------------------------------- columns used by many tables

_ID = "d_[0-9a-f]{16}"
_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

DOCUMENT_ID = Column(
    "document_id", "string", "The document: 'd_' and the first 16 hex digits of the SHA-256 of its raw bytes (for a "
    "record of a table or an export, of its text). The same bytes have the same id in every run and version.",
    "d_b5c94e0a1f6d2c37", pattern=_ID, reference="texts.document_id",
)  # fmt: skip
CHAR_START = Column(
    "char_start", "int32", "Where it starts in `texts.text`: 0-based, in Unicode code points.", 140,
    unit="code points", minimum=0,
)  # fmt: skip
CHAR_END = Column(
    "char_end", "int32", "Where it ends in `texts.text`: the first code point after it.", 153,
    unit="code points", minimum=1,
)  # fmt: skip
SENTENCE_NUMBER = Column(
    "sentence_number", "int32", "The sentence it stands in, counted from 1 in its document.", 3, minimum=1,
)  # fmt: skip
MENTION_RULES = {
    "register_name": "a name of the register", "register_acronym": "an acronym of the register",
    "register_adjective": "an adjective or demonym of the register",
    "register_metonym": "a capital that acts as its government",
    "capital_as_place": "a capital that is only a place", "register_short_name": "a short form of the register",
    "short_name": "part of a name given in full before", "lower_case_name": "a name of the register in lower case",
    "ambiguous_name": "a name several actors claim", "ethnic_group": "people named by ethnicity, not by state",
    "role_and_name": "a name beside a role", "title_and_name": "a name after a title such as Mr",
    "given_name": "a name that begins with a known given name", "apposition_name": "a name explained by a role after it",
    "body_and_name": "a name beside the body somebody speaks for", "speaker_name": "a name that is said to have spoken",
    "surname": "the surname of somebody named in full before", "ambiguous_surname": "a surname two persons share",
    "country_and_role": "a country and a role", "country_and_body": "a country and a body",
    "capitalised_body": "a capitalised body noun", "defined_acronym": "an acronym the text explains",
    "web_address": "an outlet named by its web address", "bare_role": "a role alone", "bare_body": "a body alone",
    "group_nominal": "a noun such as 'the two leaders'", "nation_nominal": "a noun such as 'our Nation'",
    "speaker_pronoun": "the pronoun of somebody who spoke",
    "tagger_crf": "proposed by the optional tagger crf", "tagger_spacy": "proposed by the optional tagger spacy",
    "tagger_gliner": "proposed by the optional tagger gliner", "tagger_other": "proposed by another optional tagger",
}  # fmt: skip
RULE = Column("rule_id", "code", "The tagging rule that found it.", "role_and_name", codes=MENTION_RULES)
CONFIDENCE = Column(
    "confidence", "float64",
    "How often the rule was right on development data, to .05 (for mentions as `bench/confidence.py` counts); of a proposed name "
    "its tagger’s score: 0 to 1.", 0.95, minimum=0, maximum=1,
)  # fmt: skip
ISO3 = Column(
    "iso3", "string", "Country, as ISO 3166-1 alpha-3 (XKX for Kosovo; withdrawn codes for states that ended).", "RUS",
    nullable=True, pattern="[A-Z]{3}",
)  # fmt: skip
SECTOR = Column("sector", "string", "PLOVER sector: GOV, MIL, LEG, JUD, COP, PTY, JRN …", "GOV", nullable=True)
VALID_FROM = Column("valid_from", "date", "Day on which it begins; empty if unknown or always.", date(2000, 5, 7), True)
VALID_TO = Column(
    "valid_to",
    "date",
    "Day on which it ends, as a rule the day the next begins; empty if unknown or still.",
    date(2008, 5, 7),
    True,
)
ACTOR_ID = Column(
    "actor_id", "string", "The actor in the register, a stable slug; empty if the name was not resolved.",
    "person:vladimir_putin", nullable=True, reference="actors.actor_id",
)  # fmt: skip

BLOCK_KINDS = {
    "title": "headline of the article",
    "title_echo": "the headline again: a slug, a repeated or shortened form",
    "byline": "who wrote it, when",
    "dateline": "place (and agency) before the first sentence",
    "outlet_prefix": "name of the outlet before the first sentence",
    "body": "text of the article",
    "subhead": "heading inside the article",
    "caption": "words under or about a picture",
    "list_item": "item of a list inside the article",
    "ad": "advertisement or its marker",
    "read_more": "invitation to read something else",
    "link_headline": "headline of another article",
    "navigation": "menus, tags, breadcrumbs, buttons",
    "share": "invitation to share or follow",
    "newsletter": "invitation to subscribe, register or pay",
    "comment_form": "comments and the form to leave one",
    "copyright": "copyright and rights lines",
    "other_boilerplate": "other text that is not the article's",
    "blank": "white space between other blocks",
}
ZONES = {
    "title": "the headline",
    "body": "running text or a list",
    "subhead": "a heading inside the article",
    "caption": "words about a picture",
}
ACTOR_TYPES = {
    "country": "a state or territory",
    "government": "an executive body, ministry or agency",
    "legislature": "a parliament or chamber",
    "judiciary": "a court or prosecution service",
    "military": "armed forces or a branch of them",
    "police": "police and internal security",
    "igo": "intergovernmental organisation or organ",
    "ngo": "non-governmental organisation",
    "party": "political party",
    "armed_group": "non-state armed group",
    "company": "business enterprise",
    "media": "news agency or outlet",
    "person": "one human being",
    "group": "people named by what they share",
    "bloc": "states spoken of as one, such as the West",
}

# ------------------------------------------------------------------------------------------------------- intake

FILES = Table(
    "files", "intake", "input file or record, good or bad", ("path", "record_number"),
    "What was found in the input, what became of it, and why.",
    (
        Column("path", "string", "Path relative to the input folder, with forward slashes.", "2024/article_17.txt"),
        Column("record_number", "int32", "Record within the file, counted from 1; 1 for a file of one article. The covers of an export come last.", 1, minimum=1),
        Column("status", "code", "What became of it.", "ok", codes={
            "ok": "became a document",
            "duplicate": "has the same bytes as an earlier row, which became the document",
            "empty": "holds no text",
            "binary": "is not text",
            "undecodable": "its characters cannot be told",
            "corrupt": "cannot be unpacked or parsed",
            "too_large": "is over the size bound",
            "unreadable": "cannot be opened",
            "not_file": "is no regular file",
            "bad_record": "this record is broken; the others were read",
            "cover": "tells of the articles of an export from a database (search, list of results, summary) and is none; in a web archive, what is no page",
        }),
        Column("problem", "string", "In a plain sentence: what is wrong and what to do.", "The file is empty.", True),
        Column("sha256", "string", "SHA-256 of the article's raw bytes (of a record: of its text in UTF-8).", _SHA256, True, pattern="[0-9a-f]{64}"),
        Column("n_bytes", "int64", "Length of the article's raw bytes.", 2384, True, unit="bytes", minimum=0),
        replace(DOCUMENT_ID, nullable=True, reference=None),
        Column("batch", "string", "The part of the warehouse that holds the document.", "b000001", True),
        Column("format", "code", "The reader that read it.", "txt", True, codes={
            "txt": "plain text, also with many records as exported from a newspaper database", "html": "web page", "jsonl": "a JSON object a line", "json": "JSON: an article, a list of them, or an answer that holds one", "csv": "comma-separated table",
            "tsv": "tab-separated table", "parquet": "Parquet table", "docx": "Word document, also with many records", "rtf": "Rich Text file, also with many records", "warc": "web archive (WARC, WET)"}),
        Column("file_sha256", "string", "SHA-256 of the whole file, as it lies on disk.", _SHA256, True, pattern="[0-9a-f]{64}"),
        Column("encoding", "string", "Character encoding its bytes can be read with.", "utf-8", True),
        Column("repairs", "string", "What has to be repaired or removed to read it, comma separated.", "mojibake", True),
        Column("record_offset", "int64", "Where its reader finds the record again.", 0, True, minimum=0),
        Column("sidecar_fields", "string", "Which of the values below come from a sidecar `metadata.csv`, comma separated; the others are the record's or the page's own.", "date,outlet", True),
        Column("given_title", "string", "Title, as the sidecar, the record or the page says.", "Leaders meet", True),
        Column("given_outlet", "string", "Outlet, as the sidecar, the record or the page says.", "VitalNews.org", True),
        Column("given_date", "string", "Date of publication, as the sidecar, the record or the page says, in ISO 8601.", "2024-06-20", True),
        Column("given_url", "string", "Address, as the sidecar, the record or the page says.", "https://example.org/a", True),
        Column("given_language", "string", "Language, as the sidecar, the record or the page says.", "en", True),
        Column("given_author", "string", "Author, as the sidecar, the record or the page says.", "Jane Doe", True),
    ),
)  # fmt: skip

TEXTS = Table(
    "texts", "intake", "distinct text: decoded, untouched", ("document_id",),
    "The evidence: the text all offsets of all tables point into.",
    (
        replace(DOCUMENT_ID, reference=None),
        Column("encoding", "string", "Character encoding the bytes were read with.", "utf-8"),
        Column("newline_style", "code", "How lines end in the text.", "lf", codes={
            "lf": "line feed", "crlf": "carriage return and line feed", "cr": "carriage return",
            "mixed": "more than one of these", "none": "a single line",
        }),
        Column("repairs", "string", "What had to be repaired or removed while decoding, comma separated; usually empty.", "mojibake"),
        Column("n_chars", "int32", "Length of the text.", 2376, unit="code points", minimum=0),
        Column("markup", "string", "For HTML: what the markup tells of each line (tags and names around it, links), packed for the classifier; else empty.", "0RR8!0RR8"),
        Column("text", "string", "The decoded text.", "United States “Incredibly Concerned” …"),
    ),
)  # fmt: skip

# -------------------------------------------------------------------------------------------------------- clean

_SCORE = Column(
    "score", "float64", "Probability that the block belongs to the article's text.", 0.02, minimum=0, maximum=1
)

OUTLET = Column(
    "outlet", "string", "The outlet as known before cleaning: the given name, else the site of the given address, else "
    "the folder of the file (`.` for the input folder itself).", "example.org", derived_from=("files.given_outlet", "files.given_url", "files.path"),
)  # fmt: skip

REPEATED_LINES = Table(
    "repeated_lines", "clean", "outlet and line that stands in two of its stories or more", ("outlet", "line_hash"),
    "What an outlet prints again and again, counted over the whole corpus: menus, boxes, notices.",
    (
        OUTLET,
        Column("line_hash", "int64", "Hash of the line, letter case and white space folded: 64 bits of BLAKE2b.", -4532100789911234567, derived_from=("texts.text",)),
        Column("n_documents", "int64", "Documents of the outlet it stands in.", 31, unit="documents", minimum=2),
        Column("n_stories", "int64", "Stories it stands in: copies and corrected versions of one story count once.", 27, unit="stories", minimum=2),
    ),
    "Lines are kept as hashes only; the ones that were stripped for it stand in `blocks` with a rule of scope `repeated`. "
    "`n_stories` errs on the low side: documents that share one long paragraph may count as one story.",
)  # fmt: skip

BLOCKS = Table(
    "blocks", "clean", "contiguous stretch of a text", ("document_id", "block_number"),
    "The ledger: the blocks of a text tile it exactly, without gap or overlap, and every stripped block names its rule.",
    (
        DOCUMENT_ID,
        Column("block_number", "int32", "Block within the document, counted from 1.", 4, minimum=1),
        Column("line_number", "int32", "Line of the text on which the block starts, counted from 1.", 7, minimum=1),
        CHAR_START, CHAR_END,
        Column("kind", "code", "What the block is.", "read_more", codes=BLOCK_KINDS),
        Column("is_body", "boolean", "Whether the block belongs to the article's text.", False),
        Column("rule_id", "string", "The boilerplate rule that decided the kind; empty for plain body and white space.", "read_more_colon", True, reference="rules.rule_id"),
        _SCORE,
        Column("reason", "string", "Where the rule is `model`: the signals that spoke most against body, strongest first; else empty.", "place beside the story, words", True),
        Column("text", "string", "The block, character for character.", "Read More: …", derived_from=("texts.text",)),
    ),
)  # fmt: skip

_PRECISION = {
    "day": "the day is known", "month": "only the month is known (stored as its first day)",
    "year": "only the year is known (stored as 1 January)", "none": "no date is known",
}  # fmt: skip
_BASIS = {
    "sidecar": "said by the sidecar or the record", "page": "said by the HTML page about itself",
    "text": "read in the text", "copyright": "read in a copyright line", "none": "not known",
}  # fmt: skip

DOCUMENTS = Table(
    "documents", "clean", "article", ("document_id",),
    "The articles: title, outlet, date and language with where each comes from, and how much was stripped.",
    (
        DOCUMENT_ID,
        Column("title", "string", "Headline.", "Leaders meet", True, derived_from=("files.given_title", "blocks.text")),
        Column("outlet", "string", "Outlet that published it.", "VitalNews.org", True, derived_from=("files.given_outlet", "blocks.text")),
        Column("outlet_basis", "code", "Where the outlet comes from.", "text", codes=_BASIS),
        Column("author", "string", "Author.", "Jane Doe", True, derived_from=("files.given_author", "blocks.text")),
        Column("url", "string", "Address.", "https://example.org/a", True, derived_from=("files.given_url",)),
        Column("published_on", "date", "Date of publication; read it together with its precision.", date(2024, 1, 1), True, derived_from=("files.given_date", "blocks.text")),
        Column("published_precision", "code", "How exact the date is.", "year", codes=_PRECISION),
        Column("published_basis", "code", "Where the date comes from.", "copyright", codes=_BASIS),
        Column("language", "string", "Language of the body, ISO 639-1; empty when there is too little text to tell.", "en", True, pattern="[a-z]{2,3}", derived_from=("blocks.text",)),
        Column("language_score", "float64", "Probability of that language; 1 when it was given.", 0.99, True, minimum=0, maximum=1),
        Column("kind", "code", "What the document is.", "article", codes={
            "article": "running text", "stub": "too little body to be a whole article: a teaser, a paywall",
            "not_article": "no body at all: an index, an error page, a form",
        }),
        Column("n_chars", "int32", "Length of the text.", 2148, unit="code points", minimum=0, derived_from=("texts.n_chars",)),
        Column("n_body_chars", "int32", "Length of its body blocks.", 2030, unit="code points", minimum=0),
        Column("n_body_words", "int32", "Words in its body blocks (runs of letters and digits, joined by apostrophes or hyphens).", 340, unit="words", minimum=0),
        Column("share_stripped", "float64", "Share of the text's non-white characters that stand in stripped blocks.", 0.02, minimum=0, maximum=1),
        Column("body_sha256", "string", "SHA-256 of the body, lower case, white space folded: equal for exact duplicates.", _SHA256, pattern="[0-9a-f]{64}"),
    ),
    "Dates of precision `year` or `month` are stored as the first day: filter on `published_precision` before plotting days.",
)  # fmt: skip

DUPLICATES = Table(
    "duplicates", "clean", "pair of exact or near duplicates", ("document_id", "other_document_id"),
    "Articles that tell the same text twice. Nothing is deleted: choose one document per cluster yourself.",
    (
        replace(DOCUMENT_ID, description="The document with the smaller id.", reference="documents.document_id"),
        replace(DOCUMENT_ID, name="other_document_id", description="The document with the larger id.", reference="documents.document_id"),
        Column("kind", "code", "How alike they are.", "near", codes={"exact": "the same body", "near": "nearly the same body"}),
        Column("similarity", "float64", "Estimated Jaccard similarity of the sets of five-word sequences (MinHash).", 0.93, minimum=0, maximum=1),
        Column("cluster_id", "string", "Smallest document id among all documents connected by such pairs.", "d_b5c94e0a1f6d2c37", pattern=_ID),
    ),
    "Equal copies are paired with the first of them only, and near duplicates are looked for among the first copies: count "
    "clusters, not pairs.",
)  # fmt: skip

# ------------------------------------------------------------------------------------------------------ annotate

SENTENCES = Table(
    "sentences", "annotate", "sentence", ("document_id", "sentence_number"),
    "The sentences of title, body, subheads and captions, in order.",
    (
        DOCUMENT_ID, replace(SENTENCE_NUMBER, description="Sentence within the document, counted from 1."),
        Column("paragraph_number", "int32", "Paragraph (kept block) within the document, counted from 1.", 2, minimum=1),
        Column("zone", "code", "Part of the article it stands in.", "body", codes=ZONES),
        CHAR_START, CHAR_END,
        Column("quote_state", "code", "Whether it lies in quotation marks.", "partial", codes={
            "none": "outside", "partial": "in part", "full": "as a whole"}),
        Column("n_words", "int32", "Words (runs of letters and digits, joined by apostrophes or hyphens).", 21, unit="words", minimum=0),
        Column("text", "string", "The sentence, character for character.", "Both Moscow and Pyongyang denied …", derived_from=("texts.text",)),
    ),
)  # fmt: skip

_MENTION_COLUMNS = (
    CHAR_START, CHAR_END,
    Column("surface", "string", "The words, character for character.", "Russian President", derived_from=("texts.text",)),
    Column("form", "code", "How the actor is named.", "role", codes={
        "name": "by name", "adjective": "by a country's adjective or demonym", "metonym": "by the capital standing for the government",
        "city": "by the capital, where it only says in which country",
        "role": "by an office or role", "nominal": "by a noun such as 'the two leaders'", "pronoun": "by a pronoun"}),
    ACTOR_ID,
    Column("actor_type", "code", "What kind of actor; also guessed for names the register does not know.", "person", True, codes=ACTOR_TYPES),
    ISO3, SECTOR,
    Column("full_name", "string", "For a name the register does not know: its fullest form in the document, to count by.", "Georgy Zinoviev", True),
    Column("role_text", "string", "The role words beside or in the mention.", "president", True),
    Column("mention_role", "code", "What the mention does in its sentence.", "actor", codes={
        "actor": "acts or is acted upon", "place": "says where", "modifier": "describes another noun"}),
)  # fmt: skip

MENTIONS = Table(
    "mentions", "annotate", "actor mention", ("document_id", "mention_number"),
    "Every place where an actor is named in the kept text, with the actor it was resolved to and the rule that did it.",
    (
        DOCUMENT_ID, Column("mention_number", "int32", "Mention within the document, counted from 1.", 5, minimum=1),
        SENTENCE_NUMBER, *_MENTION_COLUMNS,
        Column("zone", "code", "Part of the article it stands in.", "body", codes=ZONES),
        RULE, CONFIDENCE,
        Column("parent_mention_number", "int32", "The mention that encloses this one, if any.", 4, True, minimum=1),
    ),
    "Mentions nest ('South Korea' in 'South Korea’s foreign ministry'): count from the view `mentions_flat`, or decide yourself.",
)  # fmt: skip

QUOTES = Table(
    "quotes", "annotate", "attributed statement", ("document_id", "quote_number"),
    "What somebody is reported to have said, in or without quotation marks, and who.",
    (
        DOCUMENT_ID, Column("quote_number", "int32", "Quote within the document, counted from 1.", 1, minimum=1),
        SENTENCE_NUMBER, CHAR_START, CHAR_END,
        Column("kind", "code", "How it is reported.", "mixed", codes={
            "direct": "a whole statement in quotation marks", "indirect": "reported without quotation marks",
            "mixed": "reported, with some words in quotation marks", "fragment": "a few words in quotation marks"}),
        Column("cue", "string", "The words of saying.", "said", True),
        Column("speaker_mention_number", "int32", "The mention that names the speaker.", 12, True, minimum=1),
        replace(ACTOR_ID, name="speaker_actor_id", description="The speaker in the register, if resolved. Whoever speaks in somebody's office counts as that person."),
        Column("speaker_status", "code", "How the speaker is known.", "named", codes={
            "named": "by a name", "pronoun": "by a pronoun", "role_only": "by a role", "unknown": "not at all"}),
    ),
)  # fmt: skip

ACTOR_COUNTS = Table(
    "actor_counts", "annotate", "actor and month", ("actor_id", "period"),
    "How often each actor is mentioned over time: the series to plot. The view `actor_months` has months as dates.",
    (
        replace(ACTOR_ID, nullable=False, description="The actor in the register."),
        Column("period", "string", "Month of publication; the year where only that is known, `undated` where nothing is.",
               "2024-06", pattern=r"\d{4}(-\d{2})?|undated", derived_from=("documents.published_on", "documents.published_precision")),
        Column("n_mentions", "int64", "Its mentions, those inside another included.", 12, unit="mentions", minimum=1, derived_from=("mentions.actor_id",)),
        Column("n_documents", "int64", "Documents that mention it.", 5, unit="documents", minimum=1),
    ),
    "Duplicates and wire copy count each time: choose one document per cluster in `duplicates` and count `mentions` where "
    "that matters. Articles dated by year only, or not at all, stand in rows of their own.",
)  # fmt: skip

# ------------------------------------------------------------------------------------------------------ register

_SOURCE = Column(
    "source", "string", "The register it comes from: 'tidywire', or the folder or file of your own.", "tidywire",
)  # fmt: skip
_OWN_ACTOR = replace(ACTOR_ID, nullable=False, description="The actor, a stable slug.", example="RUS:GOV")

ACTORS = Table(
    "actors", "register", "actor of the register", ("actor_id",),
    "Who can be recognised: countries, their branches, organisations and people, with the codes researchers join on.",
    (
        replace(_OWN_ACTOR, reference=None),
        Column("name", "string", "Name in English.", "Government of Russia"),
        Column("actor_type", "code", "What kind of actor.", "government", codes=ACTOR_TYPES),
        replace(ACTOR_ID, name="parent_actor_id", description="The actor it belongs to.", example="RUS"),
        ISO3,
        Column("cow_code", "int32", "Correlates of War state number.", 365, True, minimum=1),
        Column("gw_code", "int32", "Gleditsch and Ward state number.", 365, True, minimum=1),
        Column("plover_country", "string", "PLOVER country or organisation code.", "RUS", True),
        Column("plover_sector", "string", "PLOVER sector.", "GOV", True),
        Column("cameo_code", "string", "CAMEO actor code.", "RUSGOV", True),
        Column("wikidata_id", "string", "Wikidata item.", "Q159", True, pattern="Q[1-9][0-9]*"),
        VALID_FROM, VALID_TO, _SOURCE,
    ),
)  # fmt: skip

ACTOR_ALIASES = Table(
    "actor_aliases", "register", "surface form of an actor", ("actor_id", "surface", "kind"),
    "The words by which an actor is recognised.",
    (
        replace(_OWN_ACTOR, reference="actors.actor_id"),
        Column("surface", "string", "The words.", "Russia"),
        Column("kind", "code", "What kind of words.", "name", codes={
            "name": "a full name", "adjective": "adjective", "demonym": "people of the country", "acronym": "abbreviation",
            "metonym": "capital standing for the government", "short": "short form, valid once the full name was used"}),
        Column("case_rule", "code", "Whether capitals must agree.", "exact", codes={
            "exact": "they must", "fold": "they need not"}),
        Column("context_rule", "code", "What the text must show besides.", "none", codes={
            "none": "nothing", "full_name_first": "the person's full name earlier in the document",
            "same_country": "another mention of the same country", "never": "a trap: never an actor"}),
        Column("language", "string", "Language of the surface, ISO 639-1.", "en", True, pattern="[a-z]{2,3}"),
        _SOURCE,
    ),
)  # fmt: skip

ACTOR_OFFICES = Table(
    "actor_offices", "register", "person's term in an office", ("person_actor_id", "office", "term_number"),
    "Who held which office when: 'Russian President' means somebody else in 2005, 2010 and 2023.",
    (
        replace(_OWN_ACTOR, name="person_actor_id", description="The person.", example="person:vladimir_putin", reference="actors.actor_id"),
        Column("office", "string", "The office, a slug.", "president"),
        replace(_OWN_ACTOR, name="office_actor_id", description="The body the office belongs to.", nullable=True, reference="actors.actor_id"),
        Column("term_number", "int32", "Terms of the same person in the same office, counted from 1 in order of time.", 1, minimum=1),
        ISO3, SECTOR, VALID_FROM, VALID_TO, _SOURCE,
    ),
)  # fmt: skip

RULES = Table(
    "rules", "register", "boilerplate rule", ("rule_id",),
    "The rules that strip boilerplate, and how often each one acted on this corpus.",
    (
        Column("rule_id", "string", "The rule.", "read_more_colon"),
        Column("scope", "code", "What the rule looks at and how far it reaches.", "line", codes={
            "line": "a whole line", "label": "a phrase, a colon and what it announces", "top": "a line above the body",
            "under": "a line between the headline and the first sentence", "lead": "the beginning of the first sentence",
            "end": "a line below the body", "pair": "a marker line and the line after it",
            "list": "a marker line and the short lines after it", "tail": "a marker line and all that follows",
            "prefix": "the beginning of a line", "suffix": "the end of a line", "inline": "a stretch within a line",
            "head": "a line above the title", "shape": "the look of a line", "echo": "a line that repeats the title", "model": "the learned classifier of lines",
            "correction": "a block a reader decided about",
            "repeated": "a short line outside the prose that stands in other stories of the outlet",
            "repeated_inside": "a short line within the article that stands in other stories of the outlet",
            "repeated_prose": "a sentence before or after the article that stands in other stories of the outlet"}),
        Column("kind", "code", "What the rule says a block is.", "read_more", codes=BLOCK_KINDS),
        Column("profile", "code", "The mildest cleaning profile in which the rule acts.", "standard", codes={
            "cautious": "acts in all profiles", "standard": "acts in standard and strict", "strict": "acts in strict only"}),
        Column("pattern", "string", "What it looks for: a regular expression, or after = phrases between bars; empty for rules in code.", "=read more|see also", True),
        Column("min_stories", "int32", "For repeated lines: stories of the outlet the line must stand in.", 2, True, unit="stories", minimum=2),
        Column("rationale", "string", "Why such text is not the article's.", "A link to another article."),
        Column("example", "string", "An example it acts on.", "Read More: Storm hits coast", True),
        Column("n_hits", "int64", "Blocks it decided in this corpus.", 12, unit="blocks", minimum=0),
        Column("n_documents", "int64", "Documents with such a block.", 11, unit="documents", minimum=0),
    ),
)  # fmt: skip

CORRECTIONS = Table(
    "corrections", "register", "correction of the cleaning by a reader", ("row_number",),
    "What was put back or taken out by hand, and why: the rows of `seeds/rules/corrections.csv`.",
    (
        Column("row_number", "int32", "Row of the file; the first below the names of the columns is 2.", 2, minimum=2),
        replace(DOCUMENT_ID, description="The document.", reference=None),
        Column("verdict", "code", "What is to become of the block.", "keep", codes={
            "keep": "it belongs to the article", "strip": "it does not belong to the article"}),
        Column("text", "string", "Text of the block; white space does not count.", "The minister left."),
        Column("reason", "string", "Why.", "A quotation that reads like an advertisement."),
    ),
)  # fmt: skip

# ------------------------------------------------------------------------------------------------------- insight

STRIPPED_MENTIONS = Table(
    "stripped_mentions", "insight", "mention that would have entered from boilerplate", ("document_id", "mention_number"),
    "What cleaning kept out: the actors named in stripped blocks. They are in no other table.",
    (
        DOCUMENT_ID, Column("mention_number", "int32", "Mention within the document's stripped blocks, counted from 1.", 1, minimum=1),
        Column("block_number", "int32", "The stripped block it stands in.", 9, minimum=1),
        Column("block_kind", "code", "What that block is.", "link_headline", codes=BLOCK_KINDS),
        *_MENTION_COLUMNS, RULE, CONFIDENCE,
        Column("parent_mention_number", "int32", "The mention that encloses this one, if any.", 4, True, minimum=1),
    ),
)  # fmt: skip

OUTLETS = Table(
    "outlets", "insight", "outlet", ("outlet",),
    "What cleaning took from each outlet, and how many of the actors found stood in boilerplate.",
    (
        OUTLET,
        Column("n_documents", "int64", "Its documents.", 31, unit="documents", minimum=1),
        Column("n_chars", "int64", "Length of its texts, white space between blocks left out.", 68000, unit="code points", minimum=0),
        Column("share_stripped", "float64", "Share of these that was stripped.", 0.07, minimum=0, maximum=1),
        Column("rule_id", "string", "The rule that strips most of it, the learned classifier left out.", "repeated_line", True, reference="rules.rule_id"),
        Column("share_of_rule", "float64", "Share of the characters that rule strips.", 0.03, minimum=0, maximum=1),
        Column("n_mentions", "int64", "Mentions in kept text, those inside another left out.", 410, unit="mentions", minimum=0),
        Column("n_stripped_mentions", "int64", "The same in stripped text.", 35, unit="mentions", minimum=0),
        Column("share_of_stripped_mentions", "float64", "Share of all these mentions that stood in stripped text; empty when there are none.", 0.08, True, minimum=0, maximum=1),
    ),
)  # fmt: skip

UNMATCHED_NAMES = Table(
    "unmatched_names", "insight", "capitalised name the register does not know", ("surface",),
    "What to add to the register next, ranked by what it would gain.",
    (
        Column("surface", "string", "The name; of a person the fullest form in each document.", "Georgy Zinoviev"),
        Column("rank", "int64", "What to add first: most documents in which it acts, then most documents, then most mentions.", 1, minimum=1),
        Column("n_acting_documents", "int64", "Documents in which it acts: it speaks, has a title or a role beside it, or stands in the title.", 2, unit="documents", minimum=0),
        Column("n_documents", "int64", "Documents it occurs in.", 3, unit="documents", minimum=1),
        Column("n_mentions", "int64", "Times it occurs, short forms of a person's name included: the mentions that would be resolved.", 7, minimum=1),
        Column("suggested_type", "code", "What kind of actor, where the texts say.", "person", True, codes=ACTOR_TYPES),
        Column("suggested_iso3", "string", "Its country, where the texts say.", "RUS", True, pattern="[A-Z]{3}"),
        replace(DOCUMENT_ID, name="example_document_id", description="A document it occurs in; one in which it acts, if there is one."),
        Column("example_sentence_number", "int32", "The sentence of that document.", 7, minimum=1),
        Column("example", "string", "Up to 300 characters of that sentence.", "Seoul summoned Georgy Zinoviev …", derived_from=("sentences.text",)),
    ),
    "Names without a suggested type are runs of capitalised words: places, products and titles of works are among them.",
)  # fmt: skip

# ------------------------------------------------------------------------------------------------------- publish

CODEBOOK = Table(
    "codebook", "publish", "column of every table", ("table_name", "column_name"),
    "This codebook, as a table.",
    (
        Column("table_name", "string", "The table.", "mentions"),
        Column("column_name", "string", "The column.", "surface"),
        Column("column_number", "int32", "Its position in the table, counted from 1.", 6, minimum=1),
        Column("type", "string", "Its type; `code` is a string out of a closed list.", "string"),
        Column("is_key", "boolean", "Whether it belongs to the table's key.", False),
        Column("is_nullable", "boolean", "Whether it may be empty.", False),
        Column("description", "string", "What it holds.", "The words, character for character."),
        Column("codes", "string", "Allowed values and their meaning.", "name: by name; …", True),
        Column("unit", "string", "Unit of a number.", "code points", True),
        Column("reference", "string", "Column every value must occur in.", "texts.document_id", True),
        Column("derived_from", "string", "Columns it is computed from.", "texts.text", True),
        Column("example", "string", "An example.", "Russian President"),
    ),
)  # fmt: skip

ISSUES = Table(
    "issues", "publish", "problem found", ("issue_id",),
    "What a careful user should look at before publishing, and what to do about it.",
    (
        Column("issue_id", "string", "Stable id: 'i_' and 16 hex digits made from the kind and, for a file, the place.", "i_0c2f9e77ab12cd34", pattern="i_[0-9a-f]{16}"),
        Column("severity", "code", "How bad it is.", "warning", codes={
            "error": "input was lost", "warning": "results may mislead", "note": "good to know"}),
        Column("kind", "string", "What kind of problem, a slug.", "undated_document"),
        Column("place", "string", "Where: a path, a document id or a file and row.", "a.txt"),
        Column("problem", "string", "What is wrong, in a plain sentence.", "The document has no date."),
        Column("suggestion", "string", "What to do about it.", "Give a date in metadata.csv."),
    ),
)  # fmt: skip

TABLES: tuple[Table, ...] = (
    FILES, TEXTS, REPEATED_LINES, BLOCKS, DOCUMENTS, DUPLICATES, SENTENCES, MENTIONS, QUOTES, ACTOR_COUNTS, ACTORS,
    ACTOR_ALIASES, ACTOR_OFFICES, RULES, CORRECTIONS, STRIPPED_MENTIONS, OUTLETS, UNMATCHED_NAMES, CODEBOOK, ISSUES,
)  # fmt: skip

BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}

GROUPS: dict[str, str] = {
    "intake": "what came in",
    "clean": "what was kept and what was stripped",
    "annotate": "what was found",
    "register": "what is known beforehand",
    "insight": "what to look at next",
    "publish": "what goes with the data",
}
