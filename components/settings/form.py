"""Which engine this tab uses: demo, OpenAI or a compatible server, with its key and address."""

import streamlit as st

from components.frame.news import news, tell
from components.frame.notice import error_notice
from components.frame.server_probe import KIND_LABELS, SERVER_KIND, read_list
from components.state.access import administrators_only, only_visitor
from components.state.account import session
from components.state.tab import Values, Widget, put
from components.state.widgets import RUN
from triptych import keys
from triptych.accounts import DEMO_ACCOUNT, ENGINES, Typed, choice_of, environment_account, typed_account
from triptych.catalog import check_catalog
from triptych.errors import Refused
from triptych.servers import Account

ENGINE_LABELS = {"demo": "Demo", "openai": "OpenAI", "compatible": "Compatible server"}
ABOUT = {
    "demo": "Free and offline: this machine makes the images; nothing leaves it. Prices are what OpenAI would charge.",
    "openai": "Uses your OpenAI account, which is charged for every image.",
    "compatible": "Any server that supports OpenAI's Images API, like LocalAI, vLLM-Omni, LiteLLM or Azure.",
}
ENGINE = Widget[str]("engine", "openai")
KEY, BASE_URL = Widget[str]("api_key", ""), Widget[str]("base_url", "")
ORGANIZATION, PROJECT = Widget[str]("organization", ""), Widget[str]("project", "")
REMEMBER = Widget[bool]("remember", False)


def settings_form() -> bool:
    """Draw the choice of engine and what it needs, and what came of saving it; whether that engine is in use."""
    _standing()
    now, environment = _now(), _environment()
    engine = _engine_choice(now)
    put({field: first for field, first in _first(engine, now, environment).items() if not field.is_set})
    if not (now and choice_of(now) == engine == "demo"):  # else there is nothing to save
        _account_form(engine, now, environment)
    if keys.is_remembered() and only_visitor():
        st.button("Forget the saved account", key="forget", icon=":material/key_off:", on_click=_forget)
    news()
    return now is not None and choice_of(now) == engine


def _account_form(engine: str, now: Account | None, environment: Account | None) -> None:
    with st.form("account", border=engine != "demo"):
        if engine == "compatible":
            _server_fields(environment)
        if engine != "demo":
            _key_field(engine, now, environment)
            _names()
        with st.container(horizontal=True, vertical_alignment="center"):
            label = "Save" if engine == "demo" else "Test and save"
            st.form_submit_button(label, key=RUN, type="primary", icon=":material/check:", on_click=_save)
            if engine != "demo" and only_visitor():
                _remember_choice()


def _engine_choice(now: Account | None) -> str:
    if now and not ENGINE.is_set:
        ENGINE.put(choice_of(now))
    engine = st.segmented_control(
        "Engine",
        ENGINES,
        format_func=ENGINE_LABELS.__getitem__,
        key=ENGINE.begin(),
        required=True,
        on_change=_switch,
    )
    in_use = " :material/check: In use in this tab." if now and choice_of(now) == engine else ""
    st.caption(f"{ABOUT[str(engine)]}{in_use}")
    return str(engine)


def _switch() -> None:
    """What was typed for one engine is nothing for another."""
    put(_first(ENGINE.value, _now(), _environment()))


def _first(engine: str, now: Account | None, environment: Account | None) -> Values:
    """What the fields hold when they are first drawn; what the environment supplies is not shown."""
    if now is None or choice_of(now) != engine:
        return dict.fromkeys((KEY, BASE_URL, ORGANIZATION, PROJECT, SERVER_KIND), "")
    same_place = environment is not None and now.base_url == environment.base_url
    is_theirs = same_place and environment is not None and now.key == environment.key
    return {
        KEY: "",
        BASE_URL: "" if same_place else now.base_url,
        ORGANIZATION: "" if is_theirs else now.organization or "",
        PROJECT: "" if is_theirs else now.project or "",
        SERVER_KIND: "" if now.recognised else now.server.id,
    }


def _server_fields(environment: Account | None) -> None:
    is_named = environment is not None and choice_of(environment) == "compatible"
    st.text_input(
        "Address",
        key=BASE_URL.key,
        type="url",
        validate="",  # Streamlit's own rule keeps back http://localhost:8080/v1, and a refusal of ours, without a word
        autocomplete="off",
        placeholder="From the environment" if is_named else "http://localhost:8080/v1",
        help="The base_url of the OpenAI SDK. It usually ends in /v1.",
    )
    st.selectbox(
        "Kind of server",
        tuple(KIND_LABELS),
        format_func=KIND_LABELS.__getitem__,
        key=SERVER_KIND.key,
        help="Decides which settings are sent. Detected from the address and the model list.",
    )


def _key_field(engine: str, now: Account | None, environment: Account | None) -> None:
    st.text_input(
        "API key" if engine == "openai" else "API key, if required",
        key=KEY.key,
        type="password",
        autocomplete="off",
        placeholder=_key_hint(engine, now, environment),
        help="Kept in this tab and sent only to this engine. Never shown again, logged or written to a file.",
    )


def _key_hint(engine: str, now: Account | None, environment: Account | None) -> str:
    """What happens where no key is typed."""
    if now and now.key and choice_of(now) == engine:
        theirs = environment and (now.base_url, now.key) == (environment.base_url, environment.key)
        return "From the environment" if theirs else "Saved; leave empty to keep it"
    supplied = environment is not None and environment.key and choice_of(environment) == engine
    return "From the environment" if supplied else "sk-…" if engine == "openai" else ""


def _names() -> None:
    with st.expander("Organization and project", icon=":material/corporate_fare:"):
        st.text_input("Organization", key=ORGANIZATION.key, autocomplete="off", help="As in the OpenAI SDK. Optional.")
        st.text_input("Project", key=PROJECT.key, autocomplete="off", help="As in the OpenAI SDK. Optional.")


def _remember_choice() -> None:
    trouble = keys.trouble()
    st.checkbox(
        "Remember on this machine", key=REMEMBER.begin(), disabled=trouble is not None, help="In the system's keyring."
    )
    if trouble:
        st.caption(trouble)


def _save() -> None:
    typed = Typed(
        ENGINE.value,
        key=KEY.value or "",
        base_url=BASE_URL.value or "",
        organization=ORGANIZATION.value or "",
        project=PROJECT.value or "",
        kind=SERVER_KIND.value or "",
    )
    KEY.put("")
    try:
        check_catalog()
        account = typed_account(typed, _now(), _environment(), public_only=not only_visitor())
        if REMEMBER.value and only_visitor():  # it is this machine's own keyring
            keys.remember(account)
    except Refused as error:
        tell(error)
        return
    session().account = account
    if account is not DEMO_ACCOUNT:
        read_list()
    tell(f"Saved. This tab now uses {account.name}. Runs in progress continue as they started.")


def _forget() -> None:
    try:
        administrators_only()  # it is this machine's own keyring
        keys.forget()
        tell("Forgotten. This tab keeps its key until you close it.")
    except Refused as error:
        tell(error)


def _standing() -> None:
    """Say why nothing can run with the settings as they are."""
    try:
        check_catalog()
        _ = session().account
    except Refused as error:
        error_notice(error)


def _now() -> Account | None:
    try:
        return session().account
    except Refused:
        return None


def _environment() -> Account | None:
    try:
        return environment_account()
    except Refused:
        return None
