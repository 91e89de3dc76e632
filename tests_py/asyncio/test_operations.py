"""What a task awaits while a blocking call runs on another thread."""

import asyncio
import contextvars
import subprocess
import sys
import threading
import time

import pytest
from oxalchemy import _rs, exc
from oxalchemy.util import concurrency

spawn = concurrency.greenlet_spawn


def run(coroutine):
    return asyncio.run(coroutine)


def test_the_call_runs_on_another_thread_and_the_loop_goes_on():
    async def main():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                await asyncio.sleep(0.001)
                ticks += 1

        ticker = asyncio.create_task(tick())
        threads = await asyncio.gather(*(spawn(lambda: time.sleep(0.1) or threading.get_ident()) for _ in range(5)))
        ticker.cancel()
        return ticks, threads

    ticks, threads = run(main())
    assert ticks > 5
    assert threading.get_ident() not in threads
    assert len(set(threads)) == 5


def test_results_and_errors():
    class Own(BaseException):
        pass

    def fail(error):
        raise error

    async def main():
        # A tuple and an exception are results like others.
        assert await spawn(lambda *a, **k: (a, k), 1, x=2) == ((1,), {"x": 2})
        assert isinstance(await spawn(KeyError), KeyError)
        assert await spawn(lambda: StopIteration) is StopIteration
        for error in (ValueError("v"), Own("o")):
            with pytest.raises(type(error)) as raised:
                await spawn(fail, error)
            assert raised.value is error
            assert any(frame.name == "fail" for frame in raised.traceback)

    run(main())


def test_awaiting_inside():
    async def broken():
        await asyncio.sleep(0)
        raise KeyError("k")

    def call():
        value = concurrency.await_only(asyncio.sleep(0.01, result=5))
        with pytest.raises(KeyError):
            concurrency.await_only(broken())
        # A call inside of a call.
        return value + concurrency.await_only(spawn(lambda: concurrency.await_only(asyncio.sleep(0, result=1))))

    assert run(spawn(call)) == 6


def test_awaiting_outside():
    async def never():
        raise AssertionError("not to be run")

    assert not concurrency.in_greenlet()
    with pytest.raises(exc.MissingGreenlet, match="await_only"):
        concurrency.await_only(never())

    async def main():
        with pytest.raises(exc.MissingGreenlet):
            concurrency.await_only(never())

    run(main())


def test_context_variables_go_in_and_come_out():
    var = contextvars.ContextVar("var", default=0)

    def call():
        var.set(var.get() + 1)

    async def main():
        var.set(10)
        await spawn(call)
        await asyncio.create_task(spawn(call))
        return var.get()

    # A task of its own has a context of its own.
    assert run(main()) == 11


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_cancelled_task_waits_for_its_call(times):
    ended = []

    def call():
        time.sleep(0.2)
        ended.append(True)

    async def main():
        task = asyncio.create_task(spawn(call))
        for _ in range(times):
            await asyncio.sleep(0.02)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended == [True]

    run(main())


def test_the_call_is_told_once():
    seen = []

    def call():
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                _rs.require_operation()
            except asyncio.CancelledError:
                seen.append("told")
                break
            time.sleep(0.001)
        # What is done to clean up may block again.
        _rs.require_operation()
        seen.append("cleaned up")
        return "a result"

    async def main():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await spawn(call)

    run(main())
    assert seen == ["told", "cleaned up"]


def test_cancelled_while_the_task_awaits_for_the_call():
    caught = []

    def call():
        try:
            concurrency.await_only(asyncio.sleep(10))
        except asyncio.CancelledError as error:
            caught.append(error)
            raise

    async def main():
        task = asyncio.create_task(spawn(call))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(main())
    assert len(caught) == 1


def test_a_result_that_nobody_gets_is_given_up():
    given_up = []

    async def main():
        async def wait():
            return await _rs.Operation(lambda: time.sleep(0.1) or "connection", (), None, given_up.append)

        task = asyncio.create_task(wait())
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert given_up == ["connection"]

    run(main())


def test_an_operation_is_awaited_once():
    async def main():
        operation = _rs.Operation(int, ())
        assert await operation == 0
        with pytest.raises(RuntimeError, match="awaited already"):
            await operation

    run(main())


def test_a_loop_that_is_closed_leaves_nobody_waiting():
    released = threading.Event()

    def call():
        try:
            concurrency.await_only(asyncio.sleep(60))
        finally:
            released.set()

    loop = asyncio.new_event_loop()
    coroutine = spawn(call)
    task = loop.create_task(coroutine)
    loop.run_until_complete(asyncio.sleep(0.05))
    # What asyncio.run() would do is left out: the loop stops in the middle.
    task.cancel()
    coroutine_closed = task.get_coro()
    loop.call_soon(loop.stop)
    loop.run_forever()
    coroutine_closed.close() if not task.done() else None
    loop.close()
    assert released.wait(5)


def test_many_loops_one_after_the_other_and_at_once():
    async def main():
        return sum(await asyncio.gather(*(spawn(lambda i=i: i) for i in range(50))))

    assert [run(main()) for _ in range(5)] == [1225] * 5
    results = []
    threads = [threading.Thread(target=lambda: results.append(run(main()))) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert results == [1225] * 4


@pytest.mark.parametrize(
    "ending",
    [
        "asyncio.run(main())",
        "loop = asyncio.new_event_loop(); t = loop.create_task(main()); loop.run_until_complete(asyncio.sleep(0.1))",
        "asyncio.run(main()); print('ended'); sys.exit(0)",
        "asyncio.run(main()); pid = os.fork(); asyncio.run(main()); os._exit(0) if pid == 0 else os.waitpid(pid, 0)",
    ],
    ids=["run", "abandoned", "exit", "fork"],
)
def test_the_program_ends(ending):
    program = f"""
import asyncio, os, sys, time
from oxalchemy.ext.asyncio import create_async_engine
from oxalchemy import text
async def main():
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.connect() as connection:
        assert await connection.scalar(text("select 1")) == 1
{ending}
print("ended")
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("ended\n")
