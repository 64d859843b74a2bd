"""OpenAI's package for Node drives the gateway through every parameter that it has."""

import json
from decimal import Decimal

from tests import node
from tests.triptych.gateway.conftest import MODEL, TOKEN, Gateway
from tests.triptych.gateway.test_edits import HALF, picture
from triptych.wire.answers import b64

SCRIPT = """
import OpenAI, { toFile } from "openai";

const [model, image, hole] = process.argv.slice(2);
const sdk = new OpenAI({ maxRetries: 0 });
const file = (base64) => toFile(Buffer.from(base64, "base64"), "image.png", { type: "image/png" });
const told = async (call) => {
  const { data, response } = await call.withResponse();
  const { data: images, usage, created, ...got } = data;
  const cost = response.headers.get("x-triptych-cost-usd");
  return { ...got, images: images.map((one) => Object.keys(one).sort().join(",")), cost };
};
const heard = async (stream) => {
  const events = [];
  for await (const event of await stream) events.push(event);
  return { types: events.map((event) => event.type), last: Object.keys(events.at(-1)).sort() };
};
const got = { size: "1024x1536", quality: "low", background: "opaque", output_format: "jpeg" };
const common = { ...got, model, prompt: "by node", user: "somebody", output_compression: 60 };
const how = { ...common, n: 2, moderation: "low", response_format: "b64_json" };
const inputs = { image: [await file(image), await file(image)], mask: await file(hole) };
const refused = await sdk.images.generate({ model, prompt: "x", n: 11 }).catch((error) => error);
const once = async () => {
  const headers = { "Idempotency-Key": "node-1" };
  return (await told(sdk.images.generate({ model, prompt: "once" }, { headers }))).cost === "0";
};
const variation = { image: await file(image), n: 1, size: "1024x1024", user: "somebody", response_format: "url" };
const linked = await sdk.images.createVariation(variation);
console.log(JSON.stringify({
  generate: await told(sdk.images.generate(how)),
  edit: await told(sdk.images.edit({ ...common, ...inputs })),
  variation: Object.keys(linked.data[0]),
  link: (await fetch(linked.data[0].url)).headers.get("content-type"),
  stream: await heard(sdk.images.generate({ ...common, stream: true, partial_images: 2 })),
  editing: await heard(sdk.images.edit({ ...common, ...inputs, stream: true, partial_images: 1 })),
  once: [await once(), await once()],
  listed: (await sdk.models.list()).data.some((one) => one.id === model),
  found: (await sdk.models.retrieve(model)).id,
  refused: [refused.status, refused.type, refused.param, Boolean(refused.message)],
}));
"""


def test_nodes_sdk_drives_the_gateway_through_every_parameter(gateway: Gateway) -> None:
    files = b64(picture()), b64(picture("RGBA", "black", HALF))

    told = json.loads(node.run(SCRIPT, MODEL, *files, OPENAI_BASE_URL=f"{gateway.address}/v1", OPENAI_API_KEY=TOKEN))

    got = {"size": "1024x1536", "quality": "low", "background": "opaque", "output_format": "jpeg"}
    costs = [Decimal(told[call].pop("cost")) for call in ("generate", "edit")]
    assert all(0 < cost < 5 for cost in costs)
    assert {**got, "images": ["b64_json"] * 2} == told["generate"]
    assert {**got, "images": ["b64_json,url"]} == told["edit"]
    assert (["url"], "image/png") == (told["variation"], told["link"])
    assert [*["image_generation.partial_image"] * 2, "image_generation.completed"] == told["stream"]["types"]
    assert ["image_edit.partial_image", "image_edit.completed"] == told["editing"]["types"]
    assert "x-triptych-cost-usd" in told["stream"]["last"]
    assert [False, True] == told["once"]
    assert (True, MODEL) == (told["listed"], told["found"])
    assert [400, "invalid_request_error", "n", True] == told["refused"]
