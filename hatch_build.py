"""Packs the pages inside the package, so that no `app`, `pages` or `components` lands in site-packages."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INSIDE = ("app.py", "server.py", "icon.svg", "pages", "components", ".streamlit/config.toml")


class Pages(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":  # an editable install finds the pages beside the package, in the checkout
            build_data["force_include"].update({name: f"triptych/_pages/{name}" for name in INSIDE})
