"""The frame around every page: page configuration, then the page the visitor asked for."""

from components.frame.navigation import configure, run

configure()
run()
