"""Where many requests of one owner on one engine stand, for any thread to read and wait for."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from triptych.experience import Experience
from triptych.jobs import Job, News
from triptych.many.standing import TO_RUN, Place, Progress, Standing, Status, progress
from triptych.many.state import RunState, of_job, of_record
from triptych.request import ImageRequest
from triptych.servers import Server
from triptych.store.saved import Drawn

State = TypeVar("State", bound=Standing)


class Runs(ABC, Generic[State]):
    """The runs of ``requests``, each at its place. ``version`` grows with every event of any of them.

    A process keeps one of them, whoever looks at it; reruns and closed tabs change nothing. ``id`` names them in the
    records, ``page`` is where they are begun.
    """

    def __init__(
        self,
        id: str,  # noqa: A002
        owner: str,
        page: str,
        server: Server,
        engine: str,
        *,
        requests: Mapping[Place, ImageRequest],
    ) -> None:
        self.id = id
        self.owner = owner
        self.page = page
        self.server = server
        self.engine = engine
        self.requests = requests
        self.news = News()
        self._jobs: dict[Place, Job] = {}
        self._going: list[Job] = []  # those that may not have ended
        self._known: dict[Place, Drawn] = {}
        self._cached: set[str] = set()
        self._changes = Counter[Place]()  # how often something but its job's events changed how a place stands
        self._told: dict[Place, tuple[tuple[int, int], State]] = {}
        self._experience = Experience(owner, server, engine)

    @property
    @abstractmethod
    def states(self) -> Sequence[State]:
        """How each place stands, in the order of the requests."""

    def told(self, place: Place, dress: Callable[[RunState], State], *, is_possible: bool = True) -> State:
        """How a place stands, made anew by ``dress`` only where there is news of it."""
        job = self._jobs.get(place)
        version = self._changes[place], job.version if job else -1
        told = self._told.get(place)
        if told is None or told[0] != version:
            told = version, dress(self._stands(place, job, is_possible=is_possible))
            self._told[place] = told
        return told[1]

    def expect(self, experience: Experience) -> None:
        """Estimate what has not begun by these runs from now on; until then by the published figures."""
        self._experience = experience
        self._told = {place: told for place, told in self._told.items() if place in self._jobs}

    def _stands(self, place: Place, job: Job | None, *, is_possible: bool) -> RunState:
        request, drawn = self.requests[place], self._known.get(place)
        if job:
            return of_job(place, job, request, self.server, drawn)
        cost, should = self._experience.cost(request), self._experience.seconds(request)
        bare = RunState(place=place, status="missing" if is_possible else "impossible", cost=cost, should=should)
        if drawn is None:
            return bare
        is_older = drawn.ticket in self._cached or not drawn.run.startswith(self.id)
        return of_record(bare, drawn, request, self.server, from_history=is_older)

    @property
    def version(self) -> int:
        """A number that only grows, and does so with all news."""
        return self.news.version

    @property
    def running(self) -> bool:
        """Whether this process runs any of it."""
        with self.news:  # asked at every event of each of thousands: what has ended is looked at once
            while self._going and self._going[-1].done:
                self._going.pop()
            return bool(self._going)

    @property
    def progress(self) -> Progress:
        """How many stand how, and what it came to."""
        return progress(self.states)

    def wait(self, version: int, seconds: float) -> bool:
        """Wait until there is something newer than ``version``; False where nothing came in ``seconds``."""
        with self.news:
            return self.news.wait_for(lambda: self.version > version or not self.running, seconds)

    def cancel(self, *places: Place) -> None:
        """Stop these drawings, or all; what was not sent gives its money back, what has arrived is still saved."""
        for place, job in tuple(self._jobs.items()):
            if not places or place in places:
                job.cancel()

    def places(self, *statuses: Status) -> tuple[Place, ...]:
        """The drawings that stand like this, in order; without any, those that running what is missing would draw."""
        wanted = statuses or TO_RUN
        return tuple(state.place for state in self.states if state.status in wanted)

    def begin(self, jobs: Mapping[Place, Job], cached: Iterable[str] = ()) -> None:
        """Follow these drawings; ``cached`` are the tickets of earlier ones that answer for others."""
        with self.news:
            self._cached |= set(cached)
            self._jobs |= jobs
            self._changes.update(dict.fromkeys(jobs, 1))
            self._going += jobs.values()
            self.news.tell()

    def let_go(self, places: Iterable[Place]) -> None:
        """Follow the drawings of these places no more: others fill them, which only the records know."""
        with self.news:
            for place in places:
                if self._jobs.pop(place, None):
                    self._changes[place] += 1
            self.news.tell()

    def go_on(self, old: "Runs[State]") -> None:
        """Follow what ``old`` has begun and these still ask for; who waits for it hears of these."""
        self.news = old.news
        self.begin({place: job for place in self.requests if (job := old.job(place))})

    def learn(self, drawn: Mapping[Place, Drawn]) -> None:
        """Take in what the records say of drawings."""
        with self.news:
            self._known |= drawn
            self._changes.update(dict.fromkeys(drawn, 1))
            self.news.tell()

    def job(self, place: Place) -> Job | None:
        """The drawing of a place as far as this process draws it or has drawn it."""
        return self._jobs.get(place)

    def jobs(self) -> tuple[Job, ...]:
        """All of those."""
        return tuple(self._jobs.values())

    def known(self, place: Place) -> Drawn | None:
        """The drawing of a place as the records had it when they were last read."""
        return self._known.get(place)

    def tickets(self) -> Iterator[tuple[Place, str]]:
        """Which drawing fills which place."""
        for state in self.states:
            if state.ticket:
                yield state.place, state.ticket
