"""The shapes of the actor register: the rows of its CSV files as they are edited, and the tables made of them.

Only shapes belong here; making one from the other is `register.py`. They have no slots: twenty thousand of them are
remembered from process to process, and what has slots is unpickled several times as slowly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

ActorType = Literal[
    "country",
    "government",
    "legislature",
    "judiciary",
    "military",
    "police",
    "igo",
    "ngo",
    "party",
    "armed_group",
    "company",
    "media",
    "person",
    "group",
    "bloc",
]
AliasKind = Literal["name", "adjective", "demonym", "acronym", "metonym", "short"]
CaseRule = Literal["exact", "fold"]
ContextRule = Literal["none", "full_name_first", "same_country", "never"]
Branch = Literal["GOV", "MIL", "LEG", "JUD", "COP"]
HOUSE = "tidywire"
"""The source of the rows that come with Tidywire; every other register is called by its folder or file."""


class Origin(NamedTuple):
    """Where a row comes from: which register, and the place in it to look at ("mine/offices.csv, row 12")."""

    source: str
    place: str


@dataclass(frozen=True, kw_only=True)
class _Placed:
    """What knows where it was written; no column, and of no account when two are compared."""

    origin: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def source(self) -> str:
        """The register it comes from."""
        return self.origin.source if self.origin else HOUSE

    def place(self, file: str) -> str:
        """The place for an error to name; `file` where nobody said."""
        return self.origin.place if self.origin else file


@dataclass(frozen=True)
class Country(_Placed):
    """One row of countries.csv: a state, past or present, with its codes and surface forms."""

    actor_id: str
    name: str
    iso3: str | None
    iso2: str | None
    iso_numeric: str | None
    cow_code: int | None
    cow_abbr: str | None
    gw_code: int | None
    vdem_id: int | None
    plover_country: str | None
    cameo_code: str | None
    wikidata_id: str | None
    names: tuple[str, ...]
    adjectives: tuple[str, ...]
    demonyms: tuple[str, ...]
    capitals: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    note: str | None


@dataclass(frozen=True)
class Organisation(_Placed):
    """One row of organisations.csv: a government body, IGO, party, armed group, medium, NGO or bloc."""

    actor_id: str
    name: str
    actor_type: ActorType
    parent_actor_id: str | None
    iso3: str | None
    plover_country: str | None
    plover_sector: str | None
    cameo_code: str | None
    wikidata_id: str | None
    names: tuple[str, ...]
    acronyms: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    note: str | None


@dataclass(frozen=True)
class Person(_Placed):
    """One row of people.csv; what the person held is in offices.csv."""

    actor_id: str
    name: str
    names: tuple[str, ...]
    family_name: str | None
    short_names: tuple[str, ...]
    gender: str | None
    iso3: str | None
    wikidata_id: str | None
    note: str | None


@dataclass(frozen=True)
class OfficeRow(_Placed):
    """One row of offices.csv: who held what, from when to when (empty: still, or not known)."""

    person_actor_id: str
    office: str
    office_actor_id: str | None
    iso3: str | None
    sector: str | None
    valid_from: date | None
    valid_to: date | None
    note: str | None


@dataclass(frozen=True)
class RoleRow(_Placed):
    """One row of roles.csv: a role noun ("foreign minister"), its PLOVER sector and the office it names."""

    role: str
    plural: str | None
    sector: str | None
    office: str | None
    branch: Branch | None
    note: str | None


@dataclass(frozen=True)
class AliasRow(_Placed):
    """One row of aliases.csv: a surface form that cannot be derived, or that overrides a derived one."""

    actor_id: str
    surface: str
    kind: AliasKind
    case_rule: CaseRule
    context_rule: ContextRule
    language: str | None
    note: str | None


@dataclass(frozen=True)
class Removal(_Placed):
    """One row of removed.csv: a row of an earlier register that is to go, by its file and key."""

    file: Literal["countries", "organisations", "people", "offices", "roles", "aliases"]
    key: tuple[str, ...]
    note: str | None


class Rows(NamedTuple):
    """The rows of one register, file by file."""

    countries: Sequence[Country] = ()
    organisations: Sequence[Organisation] = ()
    people: Sequence[Person] = ()
    offices: Sequence[OfficeRow] = ()
    roles: Sequence[RoleRow] = ()
    aliases: Sequence[AliasRow] = ()
    removed: Sequence[Removal] = ()


@dataclass(frozen=True)
class Actor(_Placed):
    """One row of the `actors` table."""

    actor_id: str
    name: str
    actor_type: ActorType
    parent_actor_id: str | None = None
    iso3: str | None = None
    cow_code: int | None = None
    gw_code: int | None = None
    plover_country: str | None = None
    plover_sector: str | None = None
    cameo_code: str | None = None
    wikidata_id: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Alias(_Placed):
    """One row of the `actor_aliases` table."""

    actor_id: str
    surface: str
    kind: AliasKind
    case_rule: CaseRule = "exact"
    context_rule: ContextRule = "none"
    language: str | None = "en"


@dataclass(frozen=True)
class Office(_Placed):
    """One row of the `actor_offices` table."""

    person_actor_id: str
    office: str
    office_actor_id: str | None
    iso3: str | None
    sector: str | None
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class Role(_Placed):
    """A role noun with its surface forms: singular first, plural if it has one."""

    role: str
    plural: str | None
    sector: str | None
    office: str | None
    branch: Branch | None


@dataclass(frozen=True)
class Register:
    """Everything the tagger knows about actors; each part sorted by key."""

    actors: tuple[Actor, ...]
    aliases: tuple[Alias, ...]
    offices: tuple[Office, ...]
    roles: tuple[Role, ...]
    genders: Mapping[str, str] = field(default_factory=dict)  # person id -> m | f, where people.csv says
