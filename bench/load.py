"""The load generator: one process that drives the floor and the product through the same socket.

It reads a `Plan` as JSON from its input and prints a `Result` as JSON. Every figure comes from a
window after a warm-up; afterwards it waits until every message has reached every connection, and
fails when one is lost, doubled or out of order: a figure for lost messages is worth nothing.
Usage: python -m bench.load < plan.json
"""

import asyncio
import contextlib
import gc
import math
import os
import resource
import sys
import threading
import time
from collections.abc import Iterator
from typing import Final

import msgspec
import uvloop

from bench.client import LoadError, Receipt, Seat, Target, connect, masked
from bench.procfs import cpu_seconds, private_bytes

_PHRASES: Final = (
    "今天上午的巡检已经做完，设备运行平稳，记录已经交给班组长核对",
    "下午请各位把手头的资料整理好，放到共享的文件夹里面方便大家查看",
    "仓库那边的货架重新摆放过了，取用物品的时候请留意新的标签",
    "食堂的菜单做了调整，大家有什么意见可以写在意见本上面",
    "请把车间的门窗关好，走之前检查一下电源和水阀的状态",
    "新到的图纸放在资料室的柜子里，需要的同事请登记后领取",
    "路口正在修路，来的时候可以从东门绕行，多留一点时间",
    "上个星期的培训效果不错，后面还会继续安排类似的课程",
)
_TEXTS: Final = tuple(
    "，".join((_PHRASES * 2)[number : number + 3]) for number in range(len(_PHRASES))
)
# No digits: a run of them could look like a telephone or a card number to the product.
_LABEL: Final = str.maketrans("0123456789", "甲乙丙丁戊己庚辛壬癸")
_FRACTION: Final = 0.99
_CONNECT_SECONDS: Final = 30.0
_DRAIN_SECONDS: Final = 15.0
_AWAY_SECONDS: Final = 0.2


class Plan(msgspec.Struct, forbid_unknown_fields=True):
    """What to do. `rate` 0: closed loop, one message outstanding per sender; `senders` 0: idle.

    Times in seconds, `rate` in messages a second over all senders. The first `settle` targets are
    opened before the memory of an idle run is first read. `watch`: the processes whose trees count.
    """

    targets: list[Target]
    group: str
    senders: int
    rate: float
    warm: float
    seconds: float
    watch: list[int]
    settle: int = 0
    herd: bool = False
    idle: list[Target] = []


class Result(msgspec.Struct):
    """What was measured in the window. Latencies in milliseconds, CPU in seconds a second.

    `sync_per_s`, the speed of the disk just before, is filled in by whoever starts the load.
    """

    acked_per_s: float = 0.0
    delivered_per_s: float = 0.0
    ack_p50: float = 0.0
    ack_p99: float = 0.0
    delivery_p50: float = 0.0
    delivery_p99: float = 0.0
    server_cpu: float = 0.0
    load_cpu: float = 0.0
    cpu_us_per_message: float = 0.0
    late_p99: float = 0.0
    kib_per_socket: float = 0.0
    process_mib: float = 0.0
    herd_seconds: float = 0.0
    sync_per_s: float = 0.0


def quantile(values: list[float], fraction: float) -> float:
    """The smallest value that at least `fraction` of all values do not exceed; raises on none."""
    if not values:
        raise LoadError("nothing was measured in the window")
    return sorted(values)[max(0, math.ceil(len(values) * fraction) - 1)]


def text(number: int) -> str:
    """A harmless message of about 300 bytes, different for every number."""
    return f"{_TEXTS[number % len(_TEXTS)]}（{str(number).translate(_LABEL)}）"


def differences(expected: list[int], received: list[int]) -> str:
    """What is wrong with the positions that a connection received; empty when nothing is."""
    if received == expected:
        return ""
    once = set(received)
    lost = len(set(expected) - once)
    twice = len(received) - len(once)
    strange = len(once - set(expected))
    if not lost and not twice and not strange:
        return "all messages, but not in the order of the ledger"
    return f"of {len(expected)} messages {lost} lost, {twice} doubled, {strange} never sent"


class Run:
    """State of one load run; the connections call `received` and `failed`."""

    def __init__(self, plan: Plan) -> None:
        """Nothing is sent yet."""
        self.plan = plan
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.seats: list[Seat] = []
        self.idlers: list[Seat] = []
        self.sent_late: list[float] = []
        self.acks: list[tuple[float, float]] = []
        self.starts: dict[int, float] = {}
        self._outstanding: dict[str, float] = {}
        self._run = f"b{os.getpid():x}{time.time_ns():x}"
        self._count = 0
        self._sending = True
        self.window = (0.0, 0.0)

    def failed(self, reason: str) -> None:
        """End the run with a reason."""
        self._sending = False
        if not self.over.done():
            self.over.set_exception(LoadError(reason))

    def send(self, seat: Seat, began: float) -> None:
        """Send the next message; its latency counts from `began`."""
        cmid = f"{self._run}-{self._count}"
        head = f'{{"type":"send","cmid":"{cmid}","group":"{self.plan.group}","body":"'
        payload = f'{head}{text(self._count)}"}}'
        self._count += 1
        self._outstanding[cmid] = began
        seat.send(masked(1, payload.encode()))

    def received(self, seat: Seat, receipt: Receipt, at: float) -> None:
        """Note the receipt; in a closed loop send the next message."""
        began = self._outstanding.pop(receipt.cmid, None)
        if began is None:
            self.failed(f"a receipt for {receipt.cmid}, which is not outstanding")
        elif receipt.state != "delivered":
            self.failed(f"a harmless text was {receipt.state}: {bytes(receipt.clause)[:300]!r}")
        elif receipt.position in self.starts:
            self.failed(f"position {receipt.position} was given twice")
        else:
            self.starts[receipt.position] = began
            self.acks.append((began, at))
            if self._sending and not self.plan.rate:
                self.send(seat, time.perf_counter())

    async def measure(self) -> Result:
        """Run the plan; raises `LoadError`."""
        plan = self.plan
        self.idlers = await self._connect(plan.idle)
        self.seats = await self._connect(plan.targets)
        senders = self.seats[: plan.senders]
        first = time.perf_counter() + 0.05
        pace: contextlib.AbstractContextManager[None] = contextlib.nullcontext()
        if plan.rate:
            pace = self._pace(senders, first)
        else:
            for seat in senders:
                self.send(seat, time.perf_counter())
        with pace:
            await self._sleep(plan.warm)
            server, load, opened = cpu_seconds(plan.watch), _own_cpu(), time.perf_counter()
            herd = await self._herd() if plan.herd else 0.0
            await self._sleep(plan.seconds)
            closed = time.perf_counter()
            server, load = cpu_seconds(plan.watch) - server, _own_cpu() - load
        self._sending = False
        self.window = (opened, closed)
        await self._drain()
        result = self._result(server, load)
        result.herd_seconds = herd
        return result

    async def _herd(self) -> float:
        """Cut all but the senders at once; seconds until each has what was sent before the cut and meanwhile."""
        cut = self.seats[self.plan.senders :]
        began = time.perf_counter()
        for seat in cut:
            seat.cut()
        await self._sleep(_AWAY_SECONDS)
        targets = self.plan.targets[self.plan.senders :]
        back = await connect(targets, self, _CONNECT_SECONDS, [seat.cursor for seat in cut])
        for old, new in zip(cut, back, strict=True):
            new.arrivals[:0] = old.arrivals
        self.seats[self.plan.senders :] = back
        current = max(self.starts, default=-1)
        deadline = began + _DRAIN_SECONDS + _CONNECT_SECONDS
        while any(seat.cursor < current for seat in back):
            if self.over.done() or time.perf_counter() > deadline:
                raise LoadError("the cut connections did not become current")
            await self._sleep(0.01)
        return time.perf_counter() - began

    async def idle(self) -> Result:
        """Open the idle connections and read what they cost the server."""
        plan = self.plan
        self.seats = await self._connect(plan.targets[: plan.settle])
        await self._sleep(plan.warm)
        before = private_bytes(plan.watch)
        self.seats += await self._connect(plan.targets[plan.settle :])
        await self._sleep(plan.seconds)
        whole = private_bytes(plan.watch)
        opened = len(plan.targets) - plan.settle
        return Result(
            kib_per_socket=(whole - before) / 1024 / opened, process_mib=whole / 1024 / 1024
        )

    async def _connect(self, targets: list[Target]) -> list[Seat]:
        seats = await connect(targets, self, _CONNECT_SECONDS)
        if self.over.done():
            await self.over
        return seats

    async def _sleep(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self.over), seconds)

    @contextlib.contextmanager
    def _pace(self, senders: list[Seat], first: float) -> Iterator[None]:
        # The loop's timers are whole milliseconds, as long as what is measured.
        loop = asyncio.get_running_loop()
        signal = os.eventfd(0, os.EFD_NONBLOCK)
        stop = threading.Event()
        sent = 0

        def tick() -> None:
            number = 0
            while not stop.is_set():
                time.sleep(max(0.0, first + number / self.plan.rate - time.perf_counter()))
                os.eventfd_write(signal, 1)
                number += 1

        def due() -> None:
            nonlocal sent
            for _ in range(os.eventfd_read(signal)):
                intended = first + sent / self.plan.rate
                self.send(senders[sent % len(senders)], intended)
                self.sent_late.append(time.perf_counter() - intended)
                sent += 1

        loop.add_reader(signal, due)
        clock = threading.Thread(target=tick, daemon=True)
        clock.start()
        try:
            yield
        finally:
            stop.set()
            clock.join()
            loop.remove_reader(signal)
            os.close(signal)

    async def _drain(self) -> None:
        deadline = time.perf_counter() + _DRAIN_SECONDS
        while time.perf_counter() < deadline:
            await self._sleep(0.05)
            whole = len(self.starts)
            if not self._outstanding and all(_count(seat) >= whole for seat in self.seats):
                break
        if self._outstanding:
            raise LoadError(f"{len(self._outstanding)} messages were never answered")
        expected = sorted(self.starts)
        for number, seat in enumerate(self.seats):
            got = self.order([one for _, news in seat.arrivals for one in news])
            wrong = differences(expected, got)
            if wrong:
                raise LoadError(f"connection {number}: {wrong}")

    def order(self, positions: list[int]) -> list[int]:
        """What a connection received, as it is compared with what was sent; the order counts."""
        return positions

    def _result(self, server: float, load: float) -> Result:
        opened, closed = self.window
        span = closed - opened
        closed_loop = not self.plan.rate
        acks = [
            (at - began) * 1e3
            for began, at in self.acks
            if opened <= (at if closed_loop else began) < closed
        ]
        result = Result(
            acked_per_s=sum(opened <= at < closed for _, at in self.acks) / span,
            ack_p50=quantile(acks, 0.5),
            ack_p99=quantile(acks, _FRACTION),
            server_cpu=server / span,
            load_cpu=load / span,
        )
        result.cpu_us_per_message = server / span / result.acked_per_s * 1e6
        delivered = 0
        delays: list[float] = []
        for seat in self.seats:
            delivered += sum(len(news) for at, news in seat.arrivals if opened <= at < closed)
            if not closed_loop:
                starts = ((self.starts[one], at) for at, news in seat.arrivals for one in news)
                delays += [(at - began) * 1e3 for began, at in starts if opened <= began < closed]
        result.delivered_per_s = delivered / span
        if not closed_loop:
            result.delivery_p50 = quantile(delays, 0.5)
            result.delivery_p99 = quantile(delays, _FRACTION)
            result.late_p99 = quantile([late * 1e3 for late in self.sent_late], _FRACTION)
        return result


def _count(seat: Seat) -> int:
    return sum(len(news) for _, news in seat.arrivals)


def _own_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def perform(plan: Plan) -> Result:
    """Connect, run, close; raises `LoadError`."""
    run = Run(plan)
    try:
        return await (run.measure() if plan.senders else run.idle())
    finally:
        for seat in (*run.seats, *run.idlers):
            seat.close()
        if not run.over.cancel():
            run.over.exception()


def main() -> int:
    """Read the plan, print the result; 1 when the run failed."""
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    # One pause of the collector would be counted as the server's latency; the run is short.
    gc.disable()
    try:
        result = uvloop.run(perform(plan))
    except LoadError as error:
        print(error, file=sys.stderr)
        return 1
    print(msgspec.json.encode(result).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
