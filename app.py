"""The frame around every page: page configuration, then the page the visitor asked for."""

from components.navigation import configure, run

configure()
run()
