"""Uses what the playground's pages use, and what a hostile prompt would."""

import io

import pandas as pd
import streamlit as st
from PIL import Image
from streamlit_drawable_canvas import st_canvas

HOSTILE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>document.title = "pwned"</script></svg>'
COMPONENT = "export default ({parentElement}) => { parentElement.querySelector('b').textContent = 'component ran' }"

buffer = io.BytesIO()
Image.new("RGB", (64, 48), "orange").save(buffer, "PNG")

st.image(buffer.getvalue(), alt="orange")
st.download_button("Original", buffer.getvalue(), "orange.png", on_click="ignore")
st.download_button("Drawing", HOSTILE, "drawing.svg", "image/svg+xml", on_click="ignore")
st.line_chart(pd.DataFrame({"seconds": [3, 1, 2]}))
st.components.v2.component("straw", html="<b>waiting</b>", js=COMPONENT)()
st_canvas(background_color="#eee", height=100, width=100, key="canvas")
if st.query_params.get("beacon"):
    st.markdown("![beacon](https://example.com/beacon.png)")
