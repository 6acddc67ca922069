# One image, two processes: `gateway` (the default) and `worker`. It builds without BuildKit too: no mounts, no frontend.
ARG PYTHON_IMAGE=docker.io/library/python:3.13-slim

# What the agent is installed in. Wheels only: nothing is compiled, so no compiler is needed, here or later.
FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_COMPILE=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
RUN python -m venv /opt/coding-agent
COPY requirements.lock ./
RUN /opt/coding-agent/bin/pip install --only-binary :all: --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY domain domain
COPY application application
COPY adapters adapters
COPY infra infra
COPY entrypoints entrypoints
# Installers stay behind, what only compilers and editors read, and what Litestar makes examples of OpenAPI with: the
# gateway publishes none. What is imported is compiled once, here: the root
# file system is read-only later.
RUN /opt/coding-agent/bin/pip install --no-deps --no-build-isolation . \
 && /opt/coding-agent/bin/pip uninstall --yes hatchling editables trove-classifiers polyfactory faker pip \
 && find /opt/coding-agent/lib -name '*.[ch]' -delete -o -name '*.py[ix]' -delete -o -name '*.pxd' -delete \
 && /opt/coding-agent/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/coding-agent/lib

FROM ${PYTHON_IMAGE}
# The user's folders exist, so that a volume mounted there belongs to that user.
RUN useradd --uid 10001 --user-group --create-home --shell /usr/sbin/nologin agent \
 && install --directory --owner agent --group agent /var/cache/coding-agent /var/lib/coding-agent
COPY --from=build /opt/coding-agent /opt/coding-agent
ENV PATH=/opt/coding-agent/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    GATEWAY_HOST=0.0.0.0 \
    WORKER_HTTP_HOST=0.0.0.0 \
    WORKER_HTTP_PORT=8081 \
    WORK_PATH=/tmp/coding-agent
USER 10001:10001
WORKDIR /var/lib/coding-agent
EXPOSE 8080 8081
ENTRYPOINT ["coding-agent"]
CMD ["gateway"]
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["coding-agent", "health"]

ARG VERSION=dev
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="coding-agent" \
      org.opencontainers.image.description="Turns an issue into a pull request, with a local model or Claude" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
