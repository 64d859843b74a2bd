"""A bare page with the menu and as many widgets of the same kinds as Generate has; its button calls the SDK."""

import streamlit as st

MENU = {
    "": ("Generate", "Edit", "Compare", "Batch"),
    "Library": ("History", "Spending", "Provenance"),
    "More": ("Models", "Settings"),
}


def page() -> None:
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
        st.caption("Engine")
        st.metric("Spent today", "$0.00")
    st.title("Bare")
    for name in ("Builder", "Templates"):
        st.popover(name, key=name, on_change="rerun")
    prompt = st.text_area("Prompt")
    if st.button("Generate"):
        from draw import draw  # not before: the SDK is no part of a first page

        draw(prompt)
        st.download_button("Download", prompt)
        st.metric("Actual cost", "$0.05")
        st.metric("Actual time", "0.1 s")
    st.metric("Estimated cost", f"${number * 0.05:.2f}")
    st.metric("Estimated time", "10–30 s")
    st.button("Try this")
    st.expander("Code", key="code", on_change="rerun")


st.set_page_config(page_title="Bare", layout="wide")
entries = {
    group: [st.Page(page, title=title, url_path=title.lower(), default=title == "Generate") for title in titles]
    for group, titles in MENU.items()
}
st.navigation(entries, position="top").run()
