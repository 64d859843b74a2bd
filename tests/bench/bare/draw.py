"""A bare page that calls the SDK in its script."""

import base64
import os

import openai
import streamlit as st


def draw(prompt: str) -> None:
    """Ask for an image and show it."""
    client = openai.OpenAI(base_url=os.environ["OPENAI_BASE_URL"], api_key="none", max_retries=0)
    answer = client.images.generate(model="gpt-image-2", prompt=prompt, size="1024x1024", quality="medium")
    st.image(base64.b64decode(answer.data[0].b64_json), alt=prompt)


if __name__ == "__main__":
    prompt = st.text_area("Prompt")
    if st.button("Generate"):
        draw(prompt)
