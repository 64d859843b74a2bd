"""A request written out as code that runs as it stands."""

from triptych.export.code import LANGUAGES, Language, curl, files, javascript, python, python_async

__all__ = ["LANGUAGES", "Language", "curl", "files", "javascript", "python", "python_async"]
