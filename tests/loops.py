"""Ends the background loop of the jobs, which the product leaves to the end of its process."""

import asyncio

from triptych.jobs import Jobs


def ended(jobs: Jobs) -> None:
    """Cancel what still runs on it, and end it with its threads; a test would leave them to all that follow."""
    jobs.run(_cancelled()).result()
    jobs._loop.call_soon_threadsafe(jobs._loop.stop)
    jobs._thread.join()
    jobs._loop.close()


async def _cancelled() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()
