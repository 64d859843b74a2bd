"""The domain as a whole: it needs neither the pages' framework nor the API's client."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOMAIN = (
    "errors",
    "settings",
    "parameters",
    "model",
    "catalog",
    "servers",
    "request",
    "prompts",
    "pricing",
    "timing",
    "results",
    "provenance",
    "export",
)
READ = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(f"triptych.{name}")
print(sorted({"streamlit", "openai", "PIL", "sqlalchemy", "numpy"} & set(sys.modules)))
"""


def test_the_domain_imports_no_heavy_library() -> None:
    read = subprocess.run([sys.executable, "-c", READ, *DOMAIN], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ("[]\n", "") == (read.stdout, read.stderr)
