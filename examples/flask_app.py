"""A Flask app with one form: an image for a prompt, with what it cost below it.

pip install flask openai; OPENAI_BASE_URL is your gateway, like http://127.0.0.1:8501/v1, OPENAI_API_KEY its token.
"""

from flask import Flask, render_template_string, request
from openai import OpenAI, OpenAIError

PAGE = """
<!doctype html>
<title>An image for a prompt</title>
<form method="post">
<input name="prompt" aria-label="Prompt" value="{{ prompt }}" required> <button>Generate</button>
</form>
{% if url %}<img src="{{ url }}" alt="{{ prompt }}" width="512"><p>Cost: {{ cost }} dollars</p>{% endif %}
{% if problem %}<p role="alert">{{ problem }}</p>{% endif %}
"""

app = Flask(__name__)
client = OpenAI(max_retries=0)  # a request that is sent again may be charged again


@app.route("/", methods=["GET", "POST"])
def page() -> str:
    prompt = request.form.get("prompt", "")
    if not prompt:
        return render_template_string(PAGE)
    try:
        answer = client.images.with_raw_response.generate(
            model="gpt-image-2.6-flare", prompt=prompt, quality="low", response_format="url"
        )
    except OpenAIError as error:
        return render_template_string(PAGE, prompt=prompt, problem=getattr(error, "message", str(error)))
    url, cost = answer.parse().data[0].url, answer.headers["x-triptych-cost-usd"]
    return render_template_string(PAGE, prompt=prompt, url=url, cost=cost)


if __name__ == "__main__":
    app.run(port=5000)
