"""One verdict on two places is one vote, however often and from wherever it is sent."""

import threading
from pathlib import Path

from triptych.store import Store
from triptych.store.history.experiments import Experiments


def test_one_verdict_sent_from_many_replicas_at_once_is_one_vote(tmp_path: Path) -> None:
    stores = [Store(tmp_path / "images") for _ in range(8)]
    experiment = Experiments(stores[0].database).save("ann", "", {})
    ready, given = threading.Barrier(len(stores)), list[str]()

    def vote(number: int) -> None:
        sides = ("one", "other") if number % 2 else ("other", "one")
        ready.wait()
        given.append(Experiments(stores[number].database).vote(experiment, "ann", *sides, "left"))

    voters = [threading.Thread(target=vote, args=(number,)) for number in range(len(stores))]
    for voter in voters:
        voter.start()
    for voter in voters:
        voter.join()

    (ballot,) = Experiments(stores[0].database).ballots(experiment)
    assert {ballot.id} == set(given)
    for store in stores:
        store.close()


def test_other_places_and_other_voters_are_other_votes(tmp_path: Path) -> None:
    store = Store(tmp_path / "images")
    saved = Experiments(store.database)
    one, two = (saved.save("ann", "", {}) for _ in range(2))

    votes = {
        saved.vote(experiment, voter, *sides, "left")
        for experiment in (one, two)
        for voter in ("ann", "bob")
        for sides in (("a", "b"), ("a", "c"), ("b", "c"))
    }

    assert 12 == len(votes)
    store.close()
