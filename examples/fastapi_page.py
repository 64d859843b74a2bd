"""A FastAPI page that shows an image while it is made: each stage as it comes, then the image and what it cost.

pip install fastapi uvicorn openai; OPENAI_BASE_URL is your gateway, like http://127.0.0.1:8501/v1, OPENAI_API_KEY its
token. Then: uvicorn fastapi_page:app
"""

from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, StreamingResponse
from openai import AsyncOpenAI, OpenAIError

PAGE = """<!doctype html><title>An image in stages</title>
<form><input name="prompt" aria-label="Prompt" required> <button>Generate</button></form>
<img alt="" width="512"><p role="status"></p>
<script>
document.forms[0].onsubmit = (submit) => {
  submit.preventDefault();
  const events = new EventSource("/image?" + new URLSearchParams(new FormData(submit.target)));
  events.onmessage = ({ data }) => { document.images[0].src = "data:image/png;base64," + data; };
  const end = ({ data }) => { document.querySelector("p").textContent = data; events.close(); };
  events.addEventListener("end", end);
};
</script>"""

app = FastAPI()
client = AsyncOpenAI(max_retries=0)  # a request that is sent again may be charged again


@app.get("/", response_class=HTMLResponse)
async def page() -> str:
    return PAGE


@app.get("/image")
async def image(prompt: str) -> StreamingResponse:
    return StreamingResponse(stages(prompt), media_type="text/event-stream")


async def stages(prompt: str) -> AsyncIterator[str]:
    try:
        events = await client.images.generate(
            model="gpt-image-2.6-flare", prompt=prompt, quality="low", stream=True, partial_images=2
        )
        async for event in events:
            yield f"data: {event.b64_json}\n\n"
        cost = event.model_extra["x-triptych-cost-usd"]
        yield f"event: end\ndata: Cost: {cost} dollars\n\n"
    except OpenAIError as error:
        yield f"event: end\ndata: {getattr(error, 'message', error)}\n\n"
