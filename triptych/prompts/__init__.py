"""Prompts: composed from parts, filled into templates, and read for what the models are known to do badly."""

from triptych.prompts.hints import Hint, lint
from triptych.prompts.parts import PromptParts
from triptych.prompts.templates import TEMPLATES, Template, fill
from triptych.prompts.variations import STRENGTHS, variation_prompt

__all__ = ["STRENGTHS", "TEMPLATES", "Hint", "PromptParts", "Template", "fill", "lint", "variation_prompt"]
