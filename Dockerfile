# One image, two processes: `gateway` (the default) and `worker`.
ARG PYTHON_IMAGE=docker.io/library/python:3.13-slim

FROM ${PYTHON_IMAGE} AS build
WORKDIR /source
RUN python -m venv /opt/coding-agent
COPY requirements.lock ./
RUN /opt/coding-agent/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY domain domain
COPY application application
COPY adapters adapters
COPY infra infra
COPY entrypoints entrypoints
RUN /opt/coding-agent/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="coding-agent" \
      org.opencontainers.image.description="Turns an issue into a pull request, with a local model or Claude" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/coding-agent /opt/coding-agent
ENV PATH=/opt/coding-agent/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GATEWAY_HOST=0.0.0.0 \
    WORK_PATH=/tmp/coding-agent
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin agent
USER 10001
WORKDIR /home/agent
EXPOSE 8080
ENTRYPOINT ["coding-agent"]
CMD ["gateway"]
