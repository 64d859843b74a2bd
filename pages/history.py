"""Find, rate, reuse, export and delete what was made."""

from components.frame.navigation import require_app
from components.history.files import history_files
from components.history.kept_answers import kept_answers
from components.history.query import history_head, history_query
from components.history.results import history_results, history_welcome
from components.spending.damaged_books import doubt_notice

require_app()

head = history_head()
kept_answers()
doubt_notice()
if not history_welcome():
    history_results(*history_query(head))
history_files()
