"""The Converse page: threads of turns, each a message and what came of it."""
