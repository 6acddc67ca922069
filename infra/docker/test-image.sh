#!/usr/bin/env bash
# Builds the image, runs the stack of infra/compose with it, and tests the queue on RabbitMQ in a container.
#
#   infra/docker/test-image.sh [PYTHON]        `make test-image` calls it with that of the virtual environment
#
# Needs a Docker engine; ends with 69 where none answers. What it starts it removes, also when it is interrupted.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${1:-.venv/bin/python}

if ! docker version --format '{{.Server.Version}}' >/dev/null 2>&1; then
  echo 'make test-image needs a Docker engine, and none answers. Start Docker; or, as root on Debian or Ubuntu:' >&2
  echo '  infra/docker/with-engine.sh make test-image' >&2
  exit 69
fi

chosen=$(infra/docker/base-images.sh)
eval "$chosen"
export PYTHON_IMAGE RABBITMQ_IMAGE

"$python" -m pytest -o norecursedirs='.*' tests/image
CODING_AGENT_TEST_BROKER=docker CODING_AGENT_TEST_RABBITMQ_IMAGE=$RABBITMQ_IMAGE \
  "$python" -m pytest -k rabbit tests/contract/test_task_queue.py tests/contract/test_queue_admin.py tests/integration
