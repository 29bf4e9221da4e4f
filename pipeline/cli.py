"""The `tidywire` command: what it understands, and which room does the work.

Commands that only look (`plan`, `show`, `query`, `tables`, `codebook`) must start at once, so Dagster is imported inside `run` and
`ui` alone. Exit status: 0 all is well, 1 a check failed or the run broke off, 2 the command cannot be carried out as given,
130 interrupted. What is printed is UTF-8 with `\n`, whatever the locale: the texts are, and answers go into files.
"""

import argparse
import atexit
import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import fields
from errno import EDQUOT, ENOSPC
from importlib.metadata import version
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from pipeline.pool import collect_rarely, end_workers, hand_back_memory
from pipeline.registers.newcomers import QUESTIONS, Answers
from pipeline.settings import Settings
from pipeline.storage import place

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
_HELP = argparse.RawDescriptionHelpFormatter


def command() -> int:
    """`main` for the shell, which leaves at once: to take apart all that lies in memory would cost a second."""
    status: int | None = None

    def leave() -> None:
        if status is not None:
            os._exit(status)

    atexit.register(leave)  # called after what libraries register in the course of the command
    for name in ("SIGTERM", "SIGHUP"):  # as Ctrl-C: locks are let go and files taken away; nohup keeps the second off
        if signal.getsignal(number := getattr(signal, name, signal.SIGINT)) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    status = main()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is said
    end_workers(at_once=status == INTERRUPTED)
    sys.stderr.flush()
    return status


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    collect_rarely()
    hand_back_memory()
    options = build_parser().parse_args(arguments)
    try:
        status: int = options.command(options)
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        print("\nInterrupted. What was finished stands; the same command goes on from there.", file=sys.stderr)
        return INTERRUPTED
    except (OSError, BrokenExecutor, ValueError, RuntimeError) as error:
        print(f"tidywire: {error}{_advice(error)}", file=sys.stderr)
        return FAILED if _broke_off(error) else USAGE
    return status


def _advice(error: Exception) -> str:
    """What to do when a disk is full; not every library says by number that it is, and none says which."""
    if getattr(error, "errno", None) not in (ENOSPC, EDQUOT) and "disk is full" not in str(error):
        return ""
    return (
        f"\nMake room where the warehouse, the temporary folder ({gettempdir()}; TMPDIR names another) and the project lie. "
        "What was finished stands; the same command goes on from there."
    )


def _broke_off(error: Exception) -> bool:
    """Whether the error came up on the way; else the command, the input or the seeds were wrong from the start."""
    from pipeline.readers import CorruptFile  # noqa: PLC0415 (as below)
    from pipeline.readers.discover import ChangedFile  # noqa: PLC0415

    on_the_way = isinstance(error, OSError | BrokenExecutor | ChangedFile | CorruptFile)
    return on_the_way and not isinstance(error, FileNotFoundError)


def build_parser() -> argparse.ArgumentParser:
    """The grammar of the command line; `--help` and the documentation test read it."""
    parser = argparse.ArgumentParser(
        prog="tidywire", description="Raw news text in, a tidy, citable research dataset out.", formatter_class=_HELP
    )
    parser.add_argument("--version", action="version", version=f"tidywire {version('tidywire')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    run = _command(commands, "run", _run, "bring every table up to date with the input", "tidywire run my_articles")
    _add_settings(run)
    plan = _command(
        commands, "plan", _plan, "say what a run would do and why, and do nothing", "tidywire plan my_articles"
    )
    _add_settings(plan)
    ui = _command(commands, "ui", _ui, "open the pipeline in the browser, on this machine only", "tidywire ui")
    _add_settings(ui)
    ui.add_argument("--port", type=int, default=3000, help="port on 127.0.0.1 (default: %(default)s)")

    query = _command(
        commands, "query", _query, "ask the tables a question in SQL",
        'tidywire query "SELECT name, n_mentions FROM document_actors LIMIT 5"',
    )  # fmt: skip
    query.add_argument("sql", metavar="SQL", help="a question to DuckDB; `tidywire tables` lists what can be asked")
    query.add_argument(
        "--format", choices=("table", "csv", "json", "parquet"), default="table", help="form of the answer"
    )
    _add_warehouse(query)

    show = _command(
        commands, "show", _show, "read one document: what was stripped, why, who was found", "tidywire show 000"
    )
    show.add_argument("document", metavar="DOCUMENT", help="its id, the beginning of its id, or (part of) its path")
    show.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colour the terminal output")
    _add_warehouse(show)

    tables = _command(commands, "tables", _tables, "list the tables and views with their rows", "tidywire tables")
    _add_warehouse(tables)

    codebook = _command(
        commands, "codebook", _codebook, "explain the columns of one table or of all", "tidywire codebook mentions"
    )
    codebook.add_argument("table", metavar="TABLE", nargs="?", help="a table; all of them when left out")

    check = _command(commands, "check", _check, "check the published tables once more, all of them", "tidywire check")
    _add_warehouse(check)

    register = _command(
        commands,
        "register",
        None,
        "check the actors and rules, or add an actor to a register",
        "tidywire register check",
    )
    _add_register_commands(register.add_subparsers(title="what to do", required=True, metavar="ACTION"))

    release = _command(
        commands, "release", _release, "write a folder to share: Parquet, codebook, checksums", "tidywire release out"
    )
    release.add_argument("out", metavar="OUT", help="folder to write; must be new or empty")
    _add_warehouse(release)
    return parser


def _add_register_commands(actions: Any) -> None:
    check = _command(
        actions, "check", _register_check, "read everything, name file, row and column of a fault",
        "tidywire register check --register mine",
    )  # fmt: skip
    add = _command(
        actions, "add", _register_add, "add an actor, an office or an alias; at a terminal without options, it asks",
        'tidywire register add --into mine --kind person --name "Ada Brandt" --country FRA --yes',
    )  # fmt: skip
    add.add_argument("--into", metavar="FOLDER", required=True, help="your register; made if it is not there")
    for question in QUESTIONS:
        several: dict[str, Any] = {"action": "append"} if question.field == "alias" else {}
        add.add_argument(question.option, dest=question.field, help=f"{question.text}.", **several)
    add.add_argument("--yes", action="store_true", help="write without asking")
    for one in (check, add):
        one.add_argument("--seeds", default=Settings().seeds, help="folder of the seeds (default: %(default)s)")
        _add_registers(one)


def _command(
    commands: Any, name: str, function: Callable[[argparse.Namespace], int] | None, summary: str, example: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=f"example: {example}",
        formatter_class=_HELP,
    )
    parser.set_defaults(command=function)
    return parser


def _add_settings(parser: argparse.ArgumentParser) -> None:
    """Every setting as an option; the inputs as arguments."""
    for option in fields(Settings):
        default = getattr(Settings(), option.name)
        said = option.metadata["description"].replace("%", "%%")
        if option.name == "inputs":
            parser.add_argument(
                "inputs", metavar="INPUT", nargs="*", default=list(default), help=f"{said} Default: the sample."
            )
        elif option.name == "registers":
            _add_registers(parser)
        else:
            name = f"--{option.name.replace('_', '-')}"
            parser.add_argument(name, type=type(default), default=default, help=f"{said} Default: {default or 'none'}.")


def _add_warehouse(parser: argparse.ArgumentParser) -> None:
    said = "folder of the tables; also file://, s3://, gs:// (default: %(default)s)"
    parser.add_argument("--warehouse", default=Settings().warehouse, help=said)


def _add_registers(parser: argparse.ArgumentParser) -> None:
    said = f"{Settings.__dataclass_fields__['registers'].metadata['description']} Repeatable; the last word counts."
    parser.add_argument("--register", dest="registers", metavar="PATH", action="append", default=[], help=said)


def _settings(options: argparse.Namespace) -> Settings:
    """Settings from the command line."""
    return Settings.of({option.name: getattr(options, option.name) for option in fields(Settings)}).absolute()


def _run(options: argparse.Namespace) -> int:
    from pipeline import idle  # noqa: PLC0415

    settings = _settings(options)
    is_well = idle.run(settings)
    if is_well is None:
        from pipeline.assets import runs  # noqa: PLC0415 (imports Dagster)

        is_well = runs.run(settings)
    return OK if is_well else FAILED


def _plan(options: argparse.Namespace) -> int:
    from pipeline import plan  # noqa: PLC0415

    plan.tell(_settings(options), print)
    return OK


def _ui(options: argparse.Namespace) -> int:
    from pipeline.assets import runs  # noqa: PLC0415

    return runs.serve(_settings(options), options.port)


def _query(options: argparse.Namespace) -> int:
    from pipeline import answers  # noqa: PLC0415

    answers.answer(place(options.warehouse), options.sql, options.format)
    return OK


def _show(options: argparse.Namespace) -> int:
    from pipeline import show  # noqa: PLC0415

    show.show(place(options.warehouse), options.document, options.color)
    return OK


def _tables(options: argparse.Namespace) -> int:
    from pipeline import answers  # noqa: PLC0415

    answers.list_tables(place(options.warehouse))
    return OK


def _codebook(options: argparse.Namespace) -> int:
    from pipeline import render, tables  # noqa: PLC0415

    if options.table and options.table not in tables.BY_NAME:
        raise ValueError(
            f"there is no table {options.table}; there are {', '.join(tables.BY_NAME)}. "
            'What columns a view has: tidywire query "DESCRIBE dyads"'
        )
    chosen = [tables.BY_NAME[options.table]] if options.table else list(tables.TABLES)
    print(render.markdown_table(chosen[0]) if options.table else render.markdown_codebook(chosen).rstrip())
    return OK


def _check(options: argparse.Namespace) -> int:
    from pipeline import recheck  # noqa: PLC0415

    return OK if recheck.recheck(place(options.warehouse), print) else FAILED


def _register_check(options: argparse.Namespace) -> int:
    from pipeline.steps import engines  # noqa: PLC0415

    settings = Settings(seeds=options.seeds, registers=tuple(options.registers)).absolute()
    for line in engines.inventory(settings.seeds, settings.registers):
        print(line)
    return OK


def _register_add(options: argparse.Namespace) -> int:
    from pipeline.registers.add import Target, add  # noqa: PLC0415

    into = Path(options.into)
    others = tuple(one for one in options.registers if Path(one).resolve() != into.resolve())
    said = {question.field: getattr(options, question.field) for question in QUESTIONS}
    answers = Answers(**said | {"alias": "|".join(options.alias) if options.alias else None})
    for line in add(
        answers, Target(into, options.seeds, others), input if sys.stdin.isatty() else None, is_sure=options.yes
    ):
        print(line)
    return OK


def _release(options: argparse.Namespace) -> int:
    from pipeline.release import bundle  # noqa: PLC0415

    bundle.write(place(options.warehouse), Path(options.out))
    print(f"Wrote {options.out}: mail it, or read {options.out}/README.md first.")
    return OK


if __name__ == "__main__":
    sys.exit(command())
