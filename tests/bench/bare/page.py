"""A bare page."""

import streamlit as st

st.title("Bare")
st.button("Generate")
