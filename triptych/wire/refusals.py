"""How the Images API says no: status, type, code, param and message, and the body they make."""

from collections.abc import Mapping
from typing import Any

USER = "image_generation_user_error"
INVALID = "invalid_request_error"


class Refusal(Exception):
    """An answer that is an error. `body` replaces the usual envelope where a fault wants another."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = INVALID,
        code: str | None = None,
        param: str | None = None,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.error = {"message": message, "type": kind, "param": param, "code": code, **(details or {})}

    @property
    def body(self) -> dict[str, Any]:
        return {"error": self.error}


def invalid(param: str, message: str, code: str = "invalid_value", kind: str = INVALID) -> Refusal:
    return Refusal(message, code=code, param=param, kind=kind)


def missing(param: str) -> Refusal:
    return invalid(param, f"Missing required parameter: '{param}'.", "missing_required_parameter")


def no_key(given: bool) -> Refusal:
    """The key itself is never repeated."""
    message = (
        "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys."
        if given
        else "You didn't provide an API key. You need to provide it in an Authorization header using Bearer auth."
    )
    return Refusal(message, status=401, code="invalid_api_key" if given else None)


def no_page(method: str, path: str) -> Refusal:
    return Refusal(f"Invalid URL ({method} {path})", status=404)


def no_method(method: str) -> Refusal:
    return Refusal(f"{method} requests are not accepted here.", status=405, code="method_not_supported")


def context_exceeded() -> Refusal:
    message = "Your input exceeds the context window of this model. Please adjust your input and try again."
    return invalid("input", message, "context_length_exceeded")


def too_long(most: int) -> Refusal:
    return Refusal(f"The body of the request has more than {most >> 20} MB.", status=413, code="request_too_large")
