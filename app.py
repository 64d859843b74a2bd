"""The frame around every page: page configuration, then the page the visitor asked for."""

from components.frame.drawing import configure
from components.frame.navigation import run

configure()
run()
