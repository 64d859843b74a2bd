"""The look at the books after each test sees what is wrong with them."""

from sqlalchemy import update

from tests import books
from tests.triptych.store.conftest import local  # noqa: F401 - a fixture
from tests.triptych.store.drawn import draw
from triptych.store import Store
from triptych.store.tables import budgets


def test_money_that_no_run_has_is_seen_after_a_test(local: Store) -> None:  # noqa: F811
    draw(local)
    assert [] == books.unbalanced()

    with local.database.write() as connection:
        connection.execute(update(budgets).values(spent=budgets.c.spent + 1))
    assert books.unbalanced()

    with local.database.write() as connection:
        connection.execute(update(budgets).values(spent=budgets.c.spent - 1))
    assert [] == books.unbalanced()
