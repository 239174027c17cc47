"""A new version is put in place while everybody talks: the old process says goodbye to each socket and ends, nothing is lost."""

import asyncio
import json
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from bench.servers import Session
from tests.support.aftermath import problems_after
from tests.support.kills import make_load, make_place, served
from tests.support.load import Load
from tests.support.server import Place

ROUNDS, WATCHERS_EACH, ENDS_WITHIN = 2, 6, 10.0
RESTART = 1012


async def watch(stack: AsyncExitStack, place: Place, session: Session) -> ClientConnection:
    """A screen that only looks on."""
    cookie = {"Cookie": session.cookie}
    socket = await stack.enter_async_context(
        connect(
            f"{place.origin.replace('http', 'ws')}/ws",
            origin=Origin(place.origin), additional_headers=cookie, compression=None, proxy=None, max_size=None,
        )
    )  # fmt: skip
    await socket.send(json.dumps({"type": "hello", "cursor": None}))
    return socket


async def close_code(socket: ClientConnection) -> int:
    try:
        while True:
            await socket.recv()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else 0


async def deploy_again_and_again(place: Place, load: Load) -> tuple[list[int], list[int]]:
    """(exit statuses, the codes by which screens were closed) of several deployments under load."""
    statuses, codes = [], []
    async with load.running(), AsyncExitStack() as stack:
        load.sending.set()
        for _ in range(ROUNDS):
            async with served(place, load) as serving:
                screens = [
                    await watch(stack, place, sender.session)
                    for sender in load.senders
                    for _ in range(WATCHERS_EACH)
                ]
                ends = [asyncio.create_task(close_code(screen)) for screen in screens]
                await asyncio.sleep(0.5)
                await load.under_way(1.0)
                serving.process.send_signal(signal.SIGTERM)
                statuses.append(await asyncio.to_thread(serving.wait, ENDS_WITHIN))
                codes += await asyncio.gather(*ends)
        async with served(place, load):
            await load.finish()
    return statuses, codes


@pytest.mark.timeout(120)
def test_a_deployment_under_load_loses_nothing_and_says_goodbye(
    tmp_path: Path, database_url: str | None
) -> None:
    place, accounts = make_place(tmp_path, database_url)
    with place.serving():
        load = make_load(place, accounts, 1)
    statuses, codes = asyncio.run(deploy_again_and_again(place, load))
    # The server of HTTP hands the signal on once it has ended in good order.
    assert statuses == [-signal.SIGTERM] * ROUNDS
    assert len(codes) == ROUNDS * WATCHERS_EACH * len(load.senders) and set(codes) == {RESTART}
    assert load.acknowledged > 10 * ROUNDS and problems_after(place, load) == []
    assert "Traceback" not in place.log.read_text(encoding="utf-8")
