"""What was posted to a server of a test's own: every multipart form by the names of its fields."""

from email import message_from_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Form = dict[str, bytes]


class Post:
    """ASGI middleware: the parts of every multipart form that came."""

    def __init__(self, app: ASGIApp, forms: list[Form]) -> None:
        self.app, self.forms = app, forms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            return await self.app(scope, receive, send)
        body = bytearray()

        async def recorded() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        await self.app(scope, recorded, send)
        kind = dict(scope["headers"])[b"content-type"]
        form = message_from_bytes(b"Content-Type: " + kind + b"\r\n\r\n" + bytes(body))
        parts = form.get_payload() if form.is_multipart() else []
        self.forms.append(
            {part.get_param("name", header="content-disposition"): part.get_payload(decode=True) for part in parts}
        )
        return None
