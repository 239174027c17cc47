"""The command line."""

import json
import logging
import os
import sys
from typing import Annotated, NoReturn

import structlog
import typer
from rich.console import Console

from guiju import demo, setup_routes
from guiju.kernel.errors import GuijuError
from guiju.migrations.schema import SchemaError
from guiju.runtime import Runtime, open_runtime
from guiju.serving import serve as serve_app
from guiju.settings import Settings, SettingsError, read_settings
from guiju.setup import initialise, needs_setup

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console(stderr=True, highlight=False)
AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON on standard output.")]


def main() -> None:
    """Entry point of the `guiju` command."""
    _configure_logging()
    try:
        cli()
    except (SettingsError, SchemaError, GuijuError) as error:
        _fail(str(error))


def _configure_logging() -> None:
    logging.basicConfig(level=os.environ.get("GUIJU_LOG", "WARNING"), stream=sys.stderr, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _fail(message: str, code: int = 2) -> NoReturn:
    console.print(message, style="red")
    raise SystemExit(code)


def _open(settings: Settings) -> Runtime:
    initialise(settings)
    return open_runtime(settings)


@cli.command()
def init(
    demo_: Annotated[bool, typer.Option("--demo", help="A lively demo organisation.")] = False,
    empty: Annotated[bool, typer.Option("--empty", help="A real, empty organisation.")] = False,
) -> None:
    """Create an organisation where there is none; harmless where there is one."""
    if demo_ == empty:
        _fail("Say either --demo or --empty.")
    settings = read_settings()
    runtime = _open(settings)
    try:
        fresh = runtime.read(needs_setup)
    finally:
        runtime.close()
    if demo_ and fresh:
        console.print("正在建立演示组织… Building the demo organisation…")
        demo.build(settings)


@cli.command()
def serve() -> None:
    """Serve the organisation at GUIJU_LISTEN."""
    settings = read_settings()
    runtime = _open(settings)
    if runtime.read(needs_setup):
        token = setup_routes.setup_token(settings)
        console.print(f"空组织。Open {settings.public_url}/setup and enter this token: {token}")
    elif demo.is_demo(runtime):
        console.print(demo.welcome(settings.public_url))
    else:
        console.print(settings.public_url)
    serve_app(runtime)


@cli.command("demo-accounts")
def demo_accounts(as_json: AsJson = False) -> None:
    """The accounts of the demo organisation."""
    found = demo.accounts(read_settings())
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for each in found:
        print(f"{each['account']}\t{each['password']}\t{each['name']}\t{each.get('role', '')}")


if __name__ == "__main__":
    main()

