"""Dagster's run history in SQLite, written by one process through connections that stay open.

Dagster opens a file, and compiles each statement, anew for every one of the 500 things it writes or asks in a run; a run
that found nothing to do spent half of its time on that. Where the history lies, and whether it is SQLite at all, is said in
`dagster.yaml`; what is written there is Dagster's business.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import sqlalchemy as db
from dagster import __version__
from dagster._core.instance import InstanceRef  # the storages are named nowhere else; covered by a test
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage

from pipeline.remembered import remembered


def held_open(ref: InstanceRef) -> InstanceRef:
    """The same instance; where its history is Dagster's SQLite, through connections that stay open."""
    said = ref.storage_data
    if said is None or said.class_name != DagsterSqliteStorage.__name__:
        return ref
    return ref._replace(storage_data=said._replace(module_name=__name__, class_name=History.__name__))


class _Files(dict[str, db.Engine]):
    """Address of a database to its engine, which keeps its connections and the statements it has compiled."""

    def __missing__(self, address: str) -> db.Engine:
        self[address] = db.create_engine(address, connect_args={"timeout": 30})  # seconds, as Dagster waits
        return self[address]

    def close(self) -> None:
        for engine in self.values():
            engine.dispose()


class _Events(SqliteEventLogStorage):
    @cached_property
    def _files(self) -> _Files:
        return _Files()

    @cached_property
    def _there(self) -> set[tuple[str, str]]:
        return set()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[db.Connection]:
        if shard not in self._initialized_dbs:
            self._begin(shard)
        with self._db_lock, self._files[self.conn_string_for_shard(shard)].begin() as connection:
            yield connection

    def _begin(self, shard: str) -> None:
        file = Path(self.path_for_shard(shard))
        if shard == INDEX_SHARD_NAME or file.exists():
            with super()._connect(shard):
                pass
        else:
            file.write_bytes(_new_run(__version__))
            self._initialized_dbs.add(shard)

    # Asked for every check; what is there stays.

    def has_table(self, table_name: str) -> bool:
        return self._is_there("table", table_name, super().has_table)

    def has_asset_key_col(self, column_name: str) -> bool:
        return self._is_there("column", column_name, super().has_asset_key_col)

    def _has_asset_key_col_on_connection(self, conn: db.Connection, column_name: str) -> bool:
        return self._is_there("column", column_name, partial(super()._has_asset_key_col_on_connection, conn))

    def has_secondary_index(self, name: str) -> bool:
        return self._is_there("index", name, super().has_secondary_index)

    def _is_there(self, kind: str, name: str, ask: Callable[[str], bool]) -> bool:
        if (kind, name) not in self._there and ask(name):
            self._there.add((kind, name))
        return (kind, name) in self._there

    def dispose(self) -> None:
        super().dispose()
        self._files.close()


@remembered
def _new_run(dagster: str) -> bytes:
    """The file of a run without events, as this release of Dagster makes it: it reads ninety migrations, several times."""
    with TemporaryDirectory() as folder:
        history = SqliteEventLogStorage(folder)
        with history.run_connection("new"):
            pass
        return Path(history.path_for_shard("new")).read_bytes()


class _Runs(SqliteRunStorage):
    @cached_property
    def _files(self) -> _Files:
        return _Files()

    @contextmanager
    def connect(self) -> Iterator[db.Connection]:
        with self._files[self._conn_string].begin() as connection:
            yield connection

    def dispose(self) -> None:
        super().dispose()
        self._files.close()


class History(DagsterSqliteStorage):
    """Dagster's SQLite storage of runs and events, in the same files."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = _Events(self._event_log_storage._base_dir)
        self._run_storage = _Runs(self._run_storage._conn_string)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> Self:
        """As Dagster makes a storage from what `dagster.yaml` says."""
        return cls.from_local(inst_data=inst_data, **config_value)
