"""Ends the background loop of the jobs, which the product leaves to the end of its process."""

import asyncio
from inspect import CORO_CREATED, getcoroutinestate
from threading import Thread

from triptych.jobs import Jobs


def ended(jobs: Jobs) -> None:
    """Cancel what still runs on it, and end it with its threads; a test would leave them to all that follow."""
    jobs._loop.call_soon_threadsafe(jobs._loop.stop)
    jobs._thread.join()
    ending = Thread(target=_end, args=(jobs._loop,))  # beside a test's own loop, which may be running
    ending.start()
    ending.join()


def _end(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_until_complete(_cancelled())
    loop.close()


async def _cancelled() -> None:
    me = asyncio.current_task()
    while others := asyncio.all_tasks() - {me}:  # one that is cancelled may begin another
        begun = [task for task in others if getcoroutinestate(task.get_coro()) != CORO_CREATED]
        for task in begun:  # what anyio makes of one that has not begun would never be awaited
            task.cancel()
        await asyncio.gather(*begun, asyncio.sleep(0), return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()
