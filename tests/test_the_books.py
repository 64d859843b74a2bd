"""The look at the books after each test sees what is wrong with them."""

from pathlib import Path

from sqlalchemy import update

from tests import books
from tests.triptych.store.conftest import local  # noqa: F401 - a fixture
from tests.triptych.store.drawn import draw
from triptych.store import Store
from triptych.store.db.tables import budgets


def test_money_that_no_run_has_is_seen_after_a_test(local: Store) -> None:  # noqa: F811
    draw(local)
    assert [] == books.unbalanced()

    with local.database.write() as connection:
        connection.execute(update(budgets).values(spent=budgets.c.spent + 1))
    assert books.unbalanced()

    with local.database.write() as connection:
        connection.execute(update(budgets).values(spent=budgets.c.spent - 1))
    assert [] == books.unbalanced()


def test_books_that_are_gone_fail_the_test_unless_it_says_so(local: Store) -> None:  # noqa: F811
    draw(local)
    local.close()
    file = Path(local.database._url.database or "")
    away = file.rename(file.with_name("away"))
    said = "The books cannot be looked at: Restore the database connection: There is no database."
    assert [said] == books.unbalanced()
    assert [] == books.unbalanced(is_away=True)

    away.rename(file)
    assert [] == books.unbalanced()
    assert ["The test is marked database_away, but its books can be looked at."] == books.unbalanced(is_away=True)
