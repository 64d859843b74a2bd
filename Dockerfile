# The pages in a container; docs/deploy.md says what goes before it.
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml hatch_build.py README.md LICENSE app.py server.py icon.svg ./
COPY .streamlit/config.toml .streamlit/
COPY components components/
COPY pages pages/
COPY triptych triptych/
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
COPY --from=build /wheels /wheels
COPY constraints.txt /
RUN pip install --no-cache-dir --constraint /constraints.txt "$(ls /wheels/*.whl)[login,postgres,cloud]" \
    && useradd --create-home --home-dir /srv triptych \
    && install --directory --owner=triptych --mode=0700 /data
USER triptych
WORKDIR /srv
ENV TRIPTYCH_HOME=/data
VOLUME /data
EXPOSE 8501
HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/readyz')"]
CMD ["triptych", "--headless", "--host=0.0.0.0"]
