"""The command line."""

import json
import logging
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import structlog
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from guiju import cli_inspect, cli_risk, cli_verify, demo, setup_routes
from guiju.importing import import_chat
from guiju.kernel.claim import claim
from guiju.kernel.errors import GuijuError
from guiju.kernel.terminal import say, visible
from guiju.ledger.binding import KeysRefusedError
from guiju.ledger.keystore import ROOT
from guiju.migrations.schema import SchemaError
from guiju.modules.inspection.cases import inspect_cases
from guiju.modules.messaging import replaying
from guiju.runtime import Runtime, all_dictionaries, open_runtime, shipped_dictionaries
from guiju.serving import serve as serve_app
from guiju.settings import Settings, SettingsError, read_settings
from guiju.setup import initialise, needs_setup

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
WRONG_KEYS = 4
"""The exit code of a command that was started with the keys folder of another organisation."""
console = Console(stderr=True, highlight=False, markup=False)
AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON on standard output.")]


def main() -> None:
    """Entry point of the `guiju` command."""
    _configure_logging()
    try:
        cli()
    except (SettingsError, SchemaError, GuijuError) as error:
        _fail(str(error))
    except KeysRefusedError as error:
        _fail(str(error), WRONG_KEYS)


def _configure_logging() -> None:
    """One JSON object a line on standard error: time, level, logger, event, and the exception if there is one."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
                lambda _logger, _name, line: visible(str(line)),
            ],
        )
    )
    logging.basicConfig(level=os.environ.get("GUIJU_LOG", "WARNING"), handlers=[handler])


def _fail(message: str, code: int = 2) -> NoReturn:
    console.print(visible(message), style="red", soft_wrap=True)
    raise SystemExit(code)


def _open(settings: Settings) -> Runtime:
    initialise(settings)
    return open_runtime(settings)


def _losing_root(path: Path) -> str:
    return (
        f"内容的总钥匙在 {path}。丢了它，所有正文永远无法读出；请现在另存一份，与数据备份分开放。\n"
        f"The root key of all content is {path}. Losing it loses all content for good. "
        "Keep a copy now, apart from the backups of the data."
    )


@cli.command()
def init(
    demo_: Annotated[bool, typer.Option("--demo", help="A lively demo organisation.")] = False,
    empty: Annotated[bool, typer.Option("--empty", help="A real, empty organisation.")] = False,
) -> None:
    """Create an organisation where there is none; harmless where there is one."""
    if demo_ == empty:
        _fail("Say either --demo or --empty.")
    _created(read_settings(), with_demo=demo_).close()


def _created(settings: Settings, *, with_demo: bool) -> Runtime:
    """The organisation, made first where there is none."""
    is_new = not (settings.keys / ROOT).is_file()
    runtime = _open(settings)
    if is_new:
        console.print(_losing_root(settings.keys / ROOT), soft_wrap=True)
    if not with_demo or not runtime.read(needs_setup):
        return runtime
    runtime.close()
    if setup_routes.awaits_setup(settings):
        _fail(
            f"{settings.data} holds an organisation that is not set up yet. "
            "Start it without --demo (EMPTY=1), or give the demonstration another folder."
        )
    console.print("正在建立演示组织… Building the demo organisation…")
    demo.build(settings)
    return _open(settings)


@cli.command()
def serve(
    demo_: Annotated[
        bool, typer.Option("--demo", help="Make the demo organisation first where there is none.")
    ] = False,
) -> None:
    """Serve the organisation at GUIJU_LISTEN."""
    settings = read_settings()
    runtime = _created(settings, with_demo=demo_)
    if runtime.read(needs_setup):
        token = setup_routes.setup_token(settings)
        console.print(
            f"空组织。Open {settings.public_url}/setup and enter this token: {token}",
            soft_wrap=True,
        )
    elif runtime.read(demo.is_demo):
        console.print(demo.welcome(settings.public_url), soft_wrap=True)
    else:
        console.print(settings.public_url)
    serve_app(runtime)


@cli.command("demo-accounts")
def demo_accounts(as_json: AsJson = False) -> None:
    """The accounts of the demo organisation."""
    found = demo.accounts(read_settings())
    if as_json:
        say(json.dumps(found, ensure_ascii=False))
        return
    for each in found:
        say(f"{each['account']}\t{each['password']}\t{each['name']}\t{each.get('role', '')}")


@cli.command()
def verify(
    replay: Annotated[
        bool, typer.Option("--replay", help="Also rebuild every governed table and compare.")
    ] = False,
    head: Annotated[
        list[Path] | None, typer.Option(help="A signed head that a client or witness kept.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify the ledger and everything that it vouches for."""
    raise SystemExit(
        cli_verify.verify(read_settings(), replay=replay, heads=head or [], as_json=as_json)
    )


@cli.command("restore-signer")
def restore_signer(
    head: Annotated[
        list[Path] | None, typer.Option(help="A signed head that a client or witness kept.")
    ] = None,
) -> None:
    """Make the signer's memory anew from the published heads, after a restore without signer.json; verifies all first."""
    raise SystemExit(cli_verify.restore_signer(read_settings(), heads=head or []))


@cli.command()
def export(
    out: Annotated[Path, typer.Argument(help="The package to write; it must not exist.")],
    group: Annotated[str, typer.Option(help="The group's id.")],
    bodies: Annotated[bool, typer.Option("--bodies", help="Disclose the texts.")] = False,
) -> None:
    """Write a package of a group that strangers verify with guiju_verify.py."""
    raise SystemExit(cli_verify.export(read_settings(), group=group, out=out, bodies=bodies))


@cli.command("policy-file")
def policy_file(
    head: Annotated[
        list[Path] | None, typer.Option(help="A signed head that a witness kept.")
    ] = None,
) -> None:
    """Print what a receiver of packages trusts, for guiju_verify.py --policy."""
    raise SystemExit(cli_verify.policy_file(read_settings(), heads=head or []))


@cli.command("import-chat")
def import_chat_command(
    file: Annotated[Path, typer.Argument(help='Lines of {"text": …}.')],
    group: Annotated[str, typer.Option(help="Id, filing number or name of the group.")],
    as_: Annotated[list[str], typer.Option("--as", help="Accounts that write in turn.")],
    as_json: AsJson = False,
) -> None:
    """Bring a recorded chat into a group, through the same gate as everything else."""
    runtime = _open(read_settings())
    try:
        with Progress(console=console, disable=as_json) as bar:
            task = bar.add_task(escape(visible(file.name)), total=None)
            report = import_chat(
                runtime,
                file,
                group,
                as_,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        held = claim(runtime.settings.keys, runtime.database)
        if held is not None:  # else a server runs, and signs within a second
            with held:
                runtime.signer.reload()
                runtime.signer.sign_now(runtime.lane)
    finally:
        runtime.close()
    found = report.to_json()
    say(
        json.dumps(found, ensure_ascii=False)
        if as_json
        else "\n".join(f"{k}\t{v}" for k, v in found.items())
    )


@cli.command("replay-decision")
def replay_decision(
    position: Annotated[int, typer.Argument(help="Where the decision stands in the ledger.")],
) -> None:
    """Decide once more on a message by the rules of its time. Exit 0: the same; 1: not; 3: not decidable any more."""
    runtime = _open(read_settings())
    try:
        found = runtime.read(lambda tx: replaying.replay_for_operator(tx, position))
        answer = runtime.read(lambda tx: replaying.shape(tx, found))
    finally:
        runtime.close()
    say(json.dumps(answer, ensure_ascii=False))
    raise SystemExit(3 if found.again is None else 0 if found.is_same else 1)


@cli.command()
def inspect(
    files: Annotated[list[Path] | None, typer.Argument(help="Files to inspect.")] = None,
    dictionary: Annotated[Path | None, typer.Option(help="Terms, one JSON object a line.")] = None,
    cases: Annotated[Path | None, typer.Option(help="Texts, one JSON object a line.")] = None,
    fingerprint: Annotated[
        list[Path] | None, typer.Option(help="A confidential document to look for in the files.")
    ] = None,
) -> None:
    """Say what inspection finds: a line of JSON for each case, or for each file.

    With a dictionary its terms hold; without one the shipped lists are looked for, under the standard dispositions.
    """
    if cases is not None and not files:
        names = ("secrecy", "business_secret") if dictionary is not None else all_dictionaries()
        shipped = tuple(shipped_dictionaries(*names))
        for answer in inspect_cases(dictionary, cases, also=shipped):
            say(json.dumps(answer, ensure_ascii=False))
        return
    if not files:
        _fail("Say --cases, with or without --dictionary, or files.")
    raise SystemExit(cli_inspect.inspect_files(files, fingerprint or []))


@cli.command("train-risk")
def train_risk(
    examples: Annotated[
        list[Path] | None, typer.Argument(help='Judged texts: lines of {"text", "label": 0 or 1}.')
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The model to write.")] = None,
    decisions: Annotated[
        bool, typer.Option("--decisions", help="Train on the decisions of this organisation.")
    ] = False,
    harmless: Annotated[
        list[Path] | None, typer.Option(help='Texts that nobody refuses: lines of {"text"}.')
    ] = None,
    ordinary: Annotated[
        list[Path] | None, typer.Option(help="Texts to measure on, never trained on.")
    ] = None,
    about: Annotated[str, typer.Option(help="What the model was trained on.")] = "",
) -> None:
    """Train the risk score and print its error rates on texts that it has not seen."""
    if decisions:
        if examples or out or harmless:
            _fail("--decisions takes no files but --ordinary, and writes into the data folder.")
        raise SystemExit(cli_risk.train_on_decisions(read_settings(), ordinary=ordinary or []))
    if not examples or out is None:
        _fail("Say either files and --out, or --decisions.")
    raise SystemExit(
        cli_risk.train_on_files(
            examples, harmless=harmless or [], ordinary=ordinary or [], about=about, out=out
        )
    )


if __name__ == "__main__":
    main()
