"""The line above a running drawing."""

import pytest

from components.run import live_view
from components.run.attention import said
from triptych.errors import Unreachable
from triptych.jobs import Job
from triptych.request import ImageRequest
from triptych.results import Progress, Retrying, Sent
from triptych.servers import DEMO


@pytest.fixture
def job() -> Job:
    return Job("t", "local", "edit", ImageRequest(model="gpt-image-2", prompt="a cat", n=1), DEMO)


def test_work_on_this_machine_says_how_far_it_has_come(job: Job) -> None:
    job.heard(Progress(0, 0.25))

    assert ("Upscaling on this machine, 25% done", 0.25) == (live_view.doing(job), live_view._share(job))


def test_a_drawing_elsewhere_is_measured_by_the_clock(job: Job) -> None:
    job.heard(Sent(0, 1))

    assert "Generating" == live_view.doing(job)
    assert 0 < live_view._share(job) < 0.5


def test_what_goes_wrong_is_said_before_all_else(job: Job) -> None:
    job.heard(Retrying(0, Unreachable("No route."), 5.0))

    assert live_view.doing(job).startswith("Check the server's address and the network: trying again in")


def test_who_does_not_look_hears_how_many_are_ready() -> None:
    four = Job("t", "local", "generate", ImageRequest(model="gpt-image-2", prompt="a cat", n=4), DEMO)

    assert "Generating, 0 of 4 ready" == said(four)
    four.ended(Unreachable("No route."))
    assert "Failed. Check the server's address and the network." == said(four)
