"""What was found in the file: the verdicts beside its preview, and below them all that its manifest says."""

from collections.abc import Iterator

import streamlit as st

from components.frame.notice import error_notice, plain
from components.image.image import picture
from components.image.provenance import inspected, verdict_list
from components.provenance.copies import copies
from components.provenance.server_check import server_check
from components.provenance.subject import Subject
from components.provenance.tree import ingredient_tree
from triptych import store
from triptych.errors import Refused
from triptych.inputs import measured
from triptych.provenance import Inspection, Manifest, kind_of

EDGE = 1024  # pixels of the preview
SQUARE = (1024, 1024)  # pixels of an svg, which names none that can be relied on
MOST_RAW = 60_000  # characters of the manifest that are shown; the file has all
RAW_HEIGHT = 420  # pixels


def provenance_report(subject: Subject) -> None:
    """Draw it, or why the file cannot be read."""
    left, right = st.columns([4, 5], gap="large")
    with left:
        _preview(subject)
        st.caption(plain(f"{subject.name} · {len(subject.data):,} bytes"))
        st.caption(plain(f"SHA-256 {subject.sha256}"))
    with right:
        try:
            found = inspected(subject.data)
        except Refused as error:
            error_notice(error)
            return
        verdict_list(found)
        if found.url:
            st.caption(plain(f"Address (not contacted): {found.url}"))
    if found.manifest:
        _manifest(found, found.manifest)
    server_check(subject, found)
    copies(subject)


def _preview(subject: Subject) -> None:
    """The image gate decodes what it knows; of anything else there is no preview."""
    kind = kind_of(subject.data)
    if kind is None or not kind.shown:
        st.caption(f":material/hide_image: No preview of {kind.label if kind else 'this kind of file'}.")
        return
    try:
        small = store.preview(subject.data, kind.name, EDGE)
        found = measured(subject.data)
        size = (found[1], found[2]) if found else SQUARE
        picture(small, kind.name if kind.name in {"svg", "gif"} else "jpeg", size, plain_alt(subject))
    except ValueError as reason:
        st.caption(plain(f"No preview: {reason}"))


def plain_alt(subject: Subject) -> str:
    """The preview's text for who does not see it."""
    return (subject.prompt or f"Preview of {subject.name}")[:100]


def _manifest(found: Inspection, manifest: Manifest) -> None:
    st.header("What the manifest says")
    rows = list(_facts(manifest))
    facts = {"": [plain(name) for name, _ in rows], " ": [plain(said) for _, said in rows]}
    st.table(facts, border="horizontal", hide_index=True, hide_header=True)
    if manifest.actions:
        st.table(
            {
                "Step": [plain(each.label) for each in manifest.actions],
                "Software": [plain(each.software or "not stated") for each in manifest.actions],
                "Source type": [plain(each.source or "not stated") for each in manifest.actions],
                "When": [plain(each.when or "not stated") for each in manifest.actions],
            },
            border="horizontal",
            hide_index=True,
        )
    if manifest.ingredients:
        st.header("Made from")
        ingredient_tree(manifest.ingredients)
    _chain(manifest)
    _raw(found)


def _facts(manifest: Manifest) -> Iterator[tuple[str, str]]:
    named = f"{manifest.signer} ({manifest.name})" if manifest.name not in {"", manifest.signer} else manifest.signer
    yield "Title", manifest.title or "none"
    yield "Signed by", named or "no name in the certificate"
    yield "Software", manifest.software or "not stated"
    yield "Timestamp", manifest.time or "none; the signing time is not proven"


def _chain(manifest: Manifest) -> None:
    with st.expander("Certificate chain", icon=":material/link:"):
        if not manifest.chain:
            st.caption("The signature has no readable certificate.")
            return
        st.table(
            {
                "Certificate of": [plain(each.subject) for each in manifest.chain],
                "Issued by": [plain(each.issuer) for each in manifest.chain],
                "Valid": [plain(f"{each.begins[:10]} to {each.ends[:10]}") for each in manifest.chain],
                "Serial number": [plain(each.serial) for each in manifest.chain],
            },
            border="horizontal",
            hide_index=True,
        )


def _raw(found: Inspection) -> None:
    with st.expander("Raw manifest", icon=":material/data_object:"):
        st.caption(plain(f"Failed validation codes: {', '.join((*found.failures, *found.inherited)) or 'none'}"))
        st.download_button(
            "Download manifest",
            found.raw,
            f"manifest-{found.sha256[:12]}.json",
            "application/json",
            key="manifest_download",
            on_click="ignore",
            icon=":material/download:",
        )
        st.code(found.raw[:MOST_RAW], "json", height=RAW_HEIGHT)
        if len(found.raw) > MOST_RAW:
            st.caption(
                f"Showing the first {MOST_RAW:,} of {len(found.raw):,} characters. Download the manifest to see all."
            )
