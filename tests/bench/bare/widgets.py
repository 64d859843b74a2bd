"""A bare page with as many widgets of the same kinds as the Generate page has."""

import streamlit as st

with st.sidebar:
    st.selectbox("Model", [f"model-{number}" for number in range(14)])
    st.selectbox("Size", ["auto", "1024x1024", "1536x1024"])
    for name in ("Quality", "Background", "Format", "Moderation", "Complexity", "Effort"):
        st.pills(name, ["auto", "low", "medium", "high"], default="auto", key=name)
    number = st.slider("Number of images", 1, 10)
    for name in ("Partial images", "Compression", "Frames"):
        st.slider(name, 0, 100, key=name)
    st.number_input("Frame duration", 10, 655_350)
    st.text_input("SVG author")
    st.text_input("Safety identifier")
st.title("Bare")
for name in ("Builder", "Templates"):
    st.popover(name, key=name, on_change="rerun")
st.text_area("Prompt")
st.button("Generate")
st.metric("Estimated cost", f"${number * 0.05:.2f}")
st.metric("Estimated time", "10–30 s")
st.button("Try this")
st.expander("Code", key="code", on_change="rerun")
