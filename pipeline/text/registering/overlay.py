"""Several registers as one: a row of a later register takes the place of the row with the same key, or is added.

Here belong the keys of the files and what `removed.csv` takes away. Whether the rows fit together is checked in
`register.py`, once, over their union.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pipeline.text.registering.register_rows import Removal, Rows

Key = tuple[str, ...]
KEYS: Mapping[str, Callable[[Any], Key]] = {
    "countries": lambda row: (row.actor_id,),
    "organisations": lambda row: (row.actor_id,),
    "people": lambda row: (row.actor_id,),
    "offices": lambda row: (row.person_actor_id, row.office, str(row.valid_from or "")),
    "roles": lambda row: (row.role,),
    "aliases": lambda row: (row.actor_id, row.surface),
}
_ACTORS = ("countries", "organisations", "people")


def overlay(registers: Iterable[Rows]) -> Rows:
    """The union of the registers, the last word first; what is removed goes with the terms and aliases it had.

    Raises `ValueError` naming file and row for a key that stands twice in one register, or a removal of nothing.
    """
    union: dict[str, dict[Key, Any]] = {file: {} for file in KEYS}
    for rows in registers:
        for removal in rows.removed:
            _remove(removal, union)
        for file, key_of in KEYS.items():
            union[file] |= _by_key(file, getattr(rows, file), key_of)
    return Rows(**{file: tuple(rows.values()) for file, rows in union.items()})


def _by_key(file: str, rows: Sequence[Any], key_of: Callable[[Any], Key]) -> dict[Key, Any]:
    found: dict[Key, Any] = {}
    for row in rows:
        key = key_of(row)
        if key in found:
            raise ValueError(
                f"{row.place(f'{file}.csv')}, {_told(key)}: stands already in {found[key].place(f'{file}.csv')}; "
                "one of the two must go"
            )
        found[key] = row
    return found


def _remove(removal: Removal, union: dict[str, dict[Key, Any]]) -> None:
    rows, key = union[removal.file], removal.key
    if removal.file == "offices":
        key = (*key, "", "")[:3]  # an unknown first day is an empty cell
    if key not in rows:
        raise ValueError(
            f"{removal.place('removed.csv')}, column key: {_told(removal.key)} is no row of {removal.file}.csv "
            "in the registers before this one; copy the key from there"
        )
    del rows[key]
    if removal.file in _ACTORS:
        (actor_id,) = key
        for file in ("offices", "aliases"):
            for other in [other for other in union[file] if other[0] == actor_id]:
                del union[file][other]


def _told(key: Key) -> str:
    return "|".join(key)
