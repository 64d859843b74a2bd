"""Prompts: composed from parts, filled into templates, given a style, and read for what the models do badly."""

from triptych.prompts.hints import Hint, PromptCheck, lint
from triptych.prompts.parts import PromptParts
from triptych.prompts.rewriting import rewriting
from triptych.prompts.styles import STYLES, Style, style_of, styled
from triptych.prompts.templates import TEMPLATES, Template, fill
from triptych.prompts.variations import STRENGTHS, variation_prompt

__all__ = [
    "STRENGTHS",
    "STYLES",
    "TEMPLATES",
    "Hint",
    "PromptCheck",
    "PromptParts",
    "Style",
    "Template",
    "fill",
    "lint",
    "rewriting",
    "style_of",
    "styled",
    "variation_prompt",
]
