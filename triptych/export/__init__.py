"""A request written out as code that runs as it stands."""

from triptych.export.code import LANGUAGES, SCRIPTS, Language, curl, discord, files, flask, javascript, python
from triptych.export.code import python_async as python_async

__all__ = ["LANGUAGES", "SCRIPTS", "Language", "curl", "discord", "files", "flask", "javascript", "python"]
