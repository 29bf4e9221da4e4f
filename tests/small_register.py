"""A register of a few invented rows around real countries, for the tests of the tagger and the quote finder."""

from datetime import date

from pipeline.text.lexicon import NameWord
from pipeline.text.register import AliasRow, Country, OfficeRow, Organisation, Person, Register, RoleRow, build
from pipeline.text.speech import SpeechVerb


def country(actor_id: str, name: str, adjective: str, capital: str = "", **more) -> Country:
    cells = dict.fromkeys(Country.__dataclass_fields__) | {
        "actor_id": actor_id,
        "name": name,
        "iso3": actor_id,
        "names": (),
        "adjectives": tuple(filter(None, [adjective])),
        "demonyms": tuple(filter(None, [adjective + "s" if adjective.endswith("n") else ""])),
        "capitals": tuple(filter(None, [capital])),
    }
    return Country(**cells | more)


def organisation(actor_id: str, name: str, actor_type: str, **more) -> Organisation:
    cells = dict.fromkeys(Organisation.__dataclass_fields__) | {
        "actor_id": actor_id,
        "name": name,
        "actor_type": actor_type,
        "names": (),
        "acronyms": (),
    }
    return Organisation(**cells | more)


def person(slug: str, name: str, family_name: str, iso3: str | None = None, **more) -> Person:
    cells = dict.fromkeys(Person.__dataclass_fields__) | {
        "actor_id": f"person:{slug}",
        "name": name,
        "names": (),
        "family_name": family_name,
        "short_names": (),
        "iso3": iso3,
    }
    return Person(**cells | more)


def office(slug: str, title: str, place: str, begin: str | None = None, end: str | None = None) -> OfficeRow:
    """A term in a country's government, or in the body of that id."""
    dates = [date.fromisoformat(day) if day else None for day in (begin, end)]
    if ":" not in place:
        return OfficeRow(f"person:{slug}", title, f"{place}:GOV", place, "GOV", *dates, None)
    iso3, sector = ("GEO", "REB") if place == "armed:front" else (None, None)
    return OfficeRow(f"person:{slug}", title, place, iso3, sector, *dates, None)


def alias(actor_id: str, surface: str, kind: str, context_rule: str = "none", case_rule: str = "exact") -> AliasRow:
    return AliasRow(actor_id, surface, kind, case_rule, context_rule, "en", None)


def role(noun: str, plural: str | None, sector: str, title: str | None = None, branch: str | None = "GOV") -> RoleRow:
    return RoleRow(noun, plural, sector, title, branch, None)


COUNTRIES = [
    country("RUS", "Russia", "Russian", "Moscow"),
    country("USA", "United States", "American", "Washington", names=("US", "U.S.", "America")),
    country("PRK", "North Korea", "North Korean", "Pyongyang"),
    country("KOR", "South Korea", "South Korean", "Seoul"),
    country("UKR", "Ukraine", "Ukrainian", "Kyiv"),
    country("BLR", "Belarus", "Belarusian", "Minsk"),
    country("JOR", "Jordan", "Jordanian", "Amman"),
    country("TCD", "Chad", "Chadian", "N'Djamena"),
    country("GEO", "Georgia", "Georgian", "Tbilisi"),
    country("TUR", "Turkey", "Turkish", "Ankara"),
    country("ALB", "Albania", "Albanian", "Tirana"),
    country("CYP", "Cyprus", "Cypriot", "Nicosia", demonyms=("Cypriots",)),
    country("NGA", "Nigeria", "Nigerian", "Abuja"),
    country("NER", "Niger", "Nigerien", "Niamey"),
    country("COD", "Democratic Republic of the Congo", "", "Kinshasa", adjectives=("Congolese",)),
    country("COG", "Republic of the Congo", "", "Brazzaville", adjectives=("Congolese",)),
    country("CIV", "Ivory Coast", "Ivorian", "Yamoussoukro", names=("Côte d’Ivoire",)),
    country("CHN", "China", "Chinese", "Beijing"),
    country("JPN", "Japan", "Japanese", "Tokyo"),
    country("AFG", "Afghanistan", "Afghan", "Kabul", demonyms=("Afghans",)),
    country("MKD", "North Macedonia", "Macedonian", "Skopje"),
    country("FRA", "France", "French", "Paris"),
    country("XKX", "Kosovo", "Kosovar", "Pristina"),
    country("TWN", "Taiwan", "Taiwanese", "Taipei"),
    country("CZE", "Czech Republic", "Czech", "Prague", valid_from=date(1993, 1, 1)),
    country("CSK", "Czechoslovakia", "Czechoslovak", "Prague", valid_to=date(1993, 1, 1)),
    country("SUN", "Soviet Union", "Soviet", "", valid_to=date(1991, 12, 26)),
]
ORGANISATIONS = [
    organisation("igo:un", "United Nations", "igo", plover_country="IGO", acronyms=("UN", "U.N.")),
    organisation("igo:unsc", "UN Security Council", "igo", parent_actor_id="igo:un", names=("Security Council",)),
    organisation("igo:who", "World Health Organization", "igo", acronyms=("WHO",)),
    organisation("armed:is", "Islamic State", "armed_group", plover_sector="REB", acronyms=("IS",)),
    organisation(
        "USA:state", "State Department", "government", parent_actor_id="USA:GOV", iso3="USA", plover_sector="GOV"
    ),
    organisation("bloc:west", "the West", "bloc"),
    organisation("media:post", "Washington Post", "media", iso3="USA"),
    organisation("armed:front", "Ode Front", "armed_group", iso3="GEO", plover_sector="REB"),
    organisation("party:reds", "Red Party", "party", iso3="GEO", plover_sector="PTY"),
    organisation("party:blues", "Blue Party", "party", iso3="GEO", plover_sector="PTY"),
]
PEOPLE = [
    person("vladimir_putin", "Vladimir Putin", "Putin", "RUS"),
    person("dmitry_medvedev", "Dmitry Medvedev", "Medvedev", "RUS"),
    person("kim_jong_un", "Kim Jong-un", "Kim", "PRK", short_names=("Jong-un",)),
    person("theresa_may", "Theresa May", "May"),
    person("george_bush", "George Bush", "Bush", "USA"),
    person("ines_silva", "Ines Silva", "Silva", "FRA"),
    person("tam_orlen", "Tam Orlen", "Orlen", "GEO"),
]
OFFICES = [
    office("vladimir_putin", "president", "RUS", "2000-05-07", "2008-05-07"),
    office("dmitry_medvedev", "president", "RUS", "2008-05-07", "2012-05-07"),
    office("vladimir_putin", "president", "RUS", "2012-05-07"),
    office("george_bush", "president", "USA", "2001-01-20", "2009-01-20"),
    office("ines_silva", "secretary_general", "igo:un", "2005-01-01", "2015-01-01"),
    office("tam_orlen", "group_leader", "armed:front", "2001-01-01"),
]
ROLES = [
    role("president", "presidents", "GOV", "president"),
    role("prime minister", "prime ministers", "GOV", "prime_minister"),
    role("foreign minister", "foreign ministers", "GOV", "foreign_minister"),
    role("minister", "ministers", "GOV"),
    role("leader", "leaders", "GOV", "leader"),
    role("secretary general", "secretaries general", "GOV", "secretary_general", None),
    role("chief", "chiefs", "GOV", None, None),
    role("ambassador", "ambassadors", "GOV"),
    role("spokesperson", "spokespersons", "GOV"),
    role("spokesman", "spokesmen", "GOV"),
    role("official", "officials", "GOV"),
    role("soldier", "soldiers", "MIL", branch="MIL"),
    role("troops", None, "MIL", branch="MIL"),
    role("rebel", "rebels", "REB", branch=None),
]
ALIASES = [
    alias("KOR", "Korean peninsula", "name", "never"),
    alias("CHN", "South China Sea", "name", "never"),
    alias("COD", "Congolese", "adjective", "same_country"),
    alias("COG", "Congolese", "adjective", "same_country"),
    alias("COD", "Congo", "short", "same_country"),
    alias("COG", "Congo", "short", "same_country"),
    alias("CHN", "China", "name"),
    alias("TUR", "Turkey", "name"),
]
WORDS = [
    NameWord(word, plural, kind, sector, None)
    for word, plural, kind, sector in (
        ("foreign ministry", None, "organisation", "GOV"),
        ("army", None, "organisation", "MIL"),
        ("fleet", "fleets", "organisation", "MIL"),
        ("warplane", "warplanes", "organisation", "MIL"),
        ("parliament", None, "organisation", "LEG"),
        ("Commission", None, "proper_body", "GOV"),
        ("Mr", None, "title", None),
        ("Mrs", None, "title", None),
        ("Gen", None, "title", "MIL"),
        ("Anna", None, "given", None),
        ("Peter", None, "given", None),
        ("Paris", None, "given", None),
        ("Denzel", None, "given", None),
        ("Kim", None, "family_first", None),
        ("Far East", None, "place", None),
        ("airport", None, "locality", None),
        ("Goals", None, "thing", None),
        ("visit", None, "motion", None),
        ("called", None, "target", None),
        ("sanctions", None, "target", None),
        ("who", None, "relative", None),
        ("special", None, "adjunct", None),
        ("envoy", None, "adjunct", None),
        ("rebel", None, "adjunct", "REB"),
        ("the two leaders", None, "group", None),
        ("both sides", None, "group", None),
        ("Nation", None, "polity", None),
    )
]
VERBS = [
    SpeechVerb(verb, forms, takes, None)
    for verb, forms, takes in (
        ("say", ("say", "says", "said", "saying"), ("that",)),
        ("tell", ("tell", "tells", "told"), ("that", "person")),
        ("deny", ("deny", "denies", "denied"), ("that", "claim")),
        ("warn", ("warn", "warns", "warned"), ("that", "person")),
        ("add", ("add", "adds", "added", "adding"), ("that",)),
        ("ask", ("ask", "asks", "asked"), ("that", "person")),
        ("suggest", ("suggest", "suggests", "suggested"), ("that",)),
        ("write", ("write", "writes", "wrote", "writing"), ("that",)),
        ("condemn", ("condemn", "condemns", "condemned"), ()),
        ("claim", ("claim", "claims", "claimed"), ("that", "noun")),
    )
]


def small_register() -> Register:
    return build(COUNTRIES, ORGANISATIONS, PEOPLE, OFFICES, ROLES, ALIASES)
