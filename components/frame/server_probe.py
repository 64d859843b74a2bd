"""The server's own list of models: read behind the first page, and what the connection was found to be."""

import asyncio
import logging
from contextlib import suppress
from urllib.parse import urlsplit

import streamlit as st

from components.frame.notice import error_notice, plain
from components.state.account import session
from components.state.services import Services, services
from components.state.tab import Widget
from triptych.capabilities import ENDPOINTS, kind_of
from triptych.errors import OutcomeUnknown, Refused, TriptychError, Unreachable
from triptych.servers import DEMO, GENERIC, KINDS, OPENAI, OWN, Account, Listing, drawing_ids

log = logging.getLogger(__name__)

PATIENCE = 20.0  # seconds a server has to list its models
TICK = 0.5  # seconds
KIND_LABELS = {"": "Detect automatically", **{name: kind.label for name, kind in KINDS.items()}}
TOLD_KIND = Widget[str]("told_kind", "")  # what a person says the server is, "" for what it seems to be
SERVER_KIND = Widget[str]("server_kind", "")  # the same in the form of the settings
READING = 5.0  # seconds a click waits for the model list of a server that is not known yet


def model_list() -> None:
    """Read the list once for each account, in the background; the page is drawn again when it has come."""
    here = session()
    try:
        account = here.account
    except Refused:
        return  # the frame says it already
    if here.reading is None and here.listing is None and account.server is not DEMO:
        read_list(again=False)
    if here.reading is not None:
        _arrived()
        st.fragment(_arrived, run_every=TICK)()
    elif here.listing and here.listing.error:
        st.caption(":material/cloud_off: The server's model list could not be read. See Settings.")


def read_list(again: bool = True) -> None:
    """Begin to read the list of the tab's server, and to probe it: ``again``, or where that was too long ago."""
    here = session()
    names, known = ENDPOINTS, services().store.known_servers
    asks = here.account.server.id not in OWN and (again or known.is_to_be_probed(here.account, here.owner, *names))
    here.reading = services().jobs.run(_read(services(), here.account, here.owner if asks else None))


def detect_again() -> None:
    """Forget what is known of the tab's server, and ask it anew."""
    session().forget_server()
    read_list()


def finish_reading() -> None:
    """Wait a little for a list that is being read: it decides what may be sent to a server nobody knows yet."""
    here = session()
    if here.reading is not None:
        with suppress(TimeoutError):
            here.has_read(here.reading.result(READING))


def connection() -> None:
    """Draw what the last look at the server found, and the button that looks again."""
    here = session()
    try:
        account = here.account
    except Refused:
        return  # the page says it already, where the setting can be put right
    if account.server is DEMO:
        return  # it is this process
    st.button(
        "Test connection",
        key="check",
        icon=":material/network_check:",
        on_click=read_list,
        disabled=here.reading is not None,
        help="Asks the server for its list of models, at no cost.",
    )
    if here.reading is not None:
        st.caption(f":material/hourglass_empty: Asking {plain(_where(account))} for its models…")
    elif here.listing and here.listing.error:
        error_notice(here.listing.error)
    elif here.listing:
        st.success(_found(account, here.listing), icon=":material/check:")
    if (
        here.listing
        and (here.listing.error or kind_of(account.server) is GENERIC)
        and account.server not in {OPENAI, DEMO}
    ):
        _kind_choice(account)


def _kind_choice(account: Account) -> None:
    """Ask what kind of server it is, right where recognising it failed."""
    if not TOLD_KIND.is_set:
        TOLD_KIND.put("" if account.recognised else account.server.id)
    st.selectbox(
        "What kind of server is it?",
        tuple(KIND_LABELS),
        format_func=KIND_LABELS.__getitem__,
        key=TOLD_KIND.key,
        on_change=_tell_kind,
        help="Decides which settings are sent to the server, in this tab. TRIPTYCH_SERVER_KIND sets it for all tabs.",
    )
    if not account.recognised:
        st.caption(f"Treated as {plain(account.server.label)}, as you chose. {plain(account.server.note)}".strip())


def _tell_kind() -> None:
    here = session()
    said, listing = TOLD_KIND.value or "", here.listing or Listing()
    here.recognise(KINDS.get(said) or listing.shows(here.account.base_url), said=bool(said))
    SERVER_KIND.put(said)


def _arrived() -> None:
    """Take the list in once it is there, and draw the page with it."""
    reading = session().reading
    if reading and reading.done():
        session().has_read(reading.result())
        st.rerun()


async def _read(process: Services, account: Account, owner: str | None) -> Listing:
    """The list of ``account``'s server, by a client of its own: the first one imports for a second, behind the page.

    With an ``owner`` it is probed as well, for them.
    """
    try:
        client = await asyncio.to_thread(process.client, account)
        try:
            async with asyncio.timeout(PATIENCE):
                endpoints = asyncio.create_task(_endpoints(process, account, owner))
                try:
                    return await client.models()
                finally:
                    await endpoints
        finally:
            await client.aclose()
    except TimeoutError:
        return Listing(error=Unreachable(f"The server did not list its models within {PATIENCE:.0f} seconds."))
    except OutcomeUnknown as error:  # nothing was to be paid for here
        return Listing(error=Unreachable(error.message, error.request_id))
    except TriptychError as error:
        return Listing(error=error)
    except Exception:
        log.exception("the model list could not be read")
        return Listing(error=Unreachable("Triptych failed to read the list. See its log for details."))


async def _endpoints(process: Services, account: Account, owner: str | None) -> None:
    """Find out which endpoints a server other than OpenAI's has, and remember it."""
    from triptych.client.probing import probe

    if owner is not None and (found := await probe(account)):
        process.store.known_servers.learn(account, owner, {**dict.fromkeys(ENDPOINTS), **found}, "probe")


def _found(account: Account, listing: Listing) -> str:
    """One line on what the server is and has."""
    drawing = len(drawing_ids(account.server, listing.ids))
    models = "1 model" if len(listing.ids) == 1 else f"{len(listing.ids)} models"
    some = f", {drawing} of which make images" if drawing != len(listing.ids) else ""
    how = "detected" if account.recognised else "as set"
    kind = f"Kind of server: {plain(account.server.label)}, {how}."
    if account.recognised and kind_of(account.server) is GENERIC:
        kind = "The kind of server could not be detected."
    return f"{plain(_where(account))} answers and lists {models}{some}. {kind}"


def _where(account: Account) -> str:
    return urlsplit(account.base_url).netloc or account.server.label
