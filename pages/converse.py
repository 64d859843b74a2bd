"""Change an image in plain words, turn by turn."""

from components.converse.attached import take_up
from components.converse.empty_page import converse_welcome
from components.converse.message_bar import message_bar
from components.converse.next_turn import taken_back
from components.converse.settings import turn_settings
from components.converse.thread_view import thread_view
from components.converse.threads import follow_link, threads_row
from components.frame.navigation import page_title, require_app

require_app()

follow_link()
take_up()
page_title("Converse")
settings = turn_settings()
own = threads_row()
turns = taken_back(own)
if turns:
    thread_view(own, turns)
else:
    converse_welcome()
message_bar(own, turns, settings)
