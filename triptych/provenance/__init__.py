"""What a file says of its own origin (C2PA), how far that can be relied on, and which copies keep it."""

from triptych.provenance.check import ServerCheck, Signal
from triptych.provenance.copies import with_prompt, without_metadata
from triptych.provenance.identity import Identity, compared
from triptych.provenance.manifest import Action, Certificate, Ingredient, Inspection, Manifest
from triptych.provenance.reading import MOST_FILE_BYTES, READABLE, inspect, kind_of, trust_list
from triptych.provenance.verdicts import Integrity, Issuer, Origin, Verdict, integrity, issuer, origin, verdicts

__all__ = [
    "MOST_FILE_BYTES",
    "READABLE",
    "Action",
    "Certificate",
    "Identity",
    "Ingredient",
    "Inspection",
    "Integrity",
    "Issuer",
    "Manifest",
    "Origin",
    "ServerCheck",
    "Signal",
    "Verdict",
    "compared",
    "inspect",
    "integrity",
    "issuer",
    "kind_of",
    "origin",
    "trust_list",
    "verdicts",
    "with_prompt",
    "without_metadata",
]
