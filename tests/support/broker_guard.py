"""A RabbitMQ of one's own, as a child that cannot outlive who asked for it.

    python -m tests.support.broker_guard FOLDER

Starts Debian's `rabbitmq-server` with a node, ports, `epmd`, home and data of its own below FOLDER, and prints one JSON
line with the ports once it answers. Then it obeys what comes on its standard input, an order a line, and prints the
line again after each: `restart` kills the broker without a chance to tidy up and starts it on the same data, `ctl ARGS`
runs `rabbitmqctl` with these arguments. When the input ends, which it does also when the other side is killed, the
broker is ended and FOLDER removed.

FOLDER may hold `ca.pem`, `server.pem` and `server.key`: then TLS is spoken too, and clients must show a certificate.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from contextlib import suppress
from pathlib import Path

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
_CTL = SERVER.with_name("rabbitmqctl")
_START_SECONDS = 240.0
_LISTENERS = ("amqp", "amqps", "http")

_FRESH_FIGURES = """[
  {rabbit, [{quorum_tick_interval, 500}]},
  {rabbitmq_management, [
    {sample_retention_policies, [
      {global, [{605, 5}, {3660, 60}, {29400, 600}, {86400, 1800}]},
      {basic, [{605, 1}, {3600, 60}]},
      {detailed, [{605, 1}]}
    ]}
  ]}
].
"""
"""How old the management API's figures are: a second, in place of five and more."""


class PrivateBroker:
    """One broker below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        names = (*_LISTENERS, "distribution", "epmd")
        self.ports = dict(zip(names, _free_ports(len(names)), strict=True))
        self._node = f"agent-{uuid.uuid4().hex[:10]}@localhost"
        self._epmd: subprocess.Popen[bytes] | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; raises `RuntimeError` with the end of its log when it does not."""
        self._configure()
        if self._epmd is None:
            self._epmd = self._spawn("epmd", "-address", "127.0.0.1", "-port", str(self.ports["epmd"]))
        self._server = self._spawn(str(SERVER))
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._server.poll() is None:
            if self._answers():
                return
            time.sleep(0.1)
        message = f"the private broker did not start:\n{self._log()}"
        raise RuntimeError(message)

    def ctl(self, *arguments: str) -> None:
        """Administer it; raises `RuntimeError` where that fails."""
        if code := self._spawn(str(_CTL), *arguments).wait():
            message = f"rabbitmqctl {' '.join(arguments)} ended with {code}:\n{self._log()}"
            raise RuntimeError(message)

    def kill(self) -> None:
        """End the server at once."""
        _kill(self._server)

    def stop(self) -> None:
        """End everything."""
        _kill(self._server)
        _kill(self._epmd)

    def _configure(self) -> None:
        lines = [
            f"listeners.tcp.1 = 127.0.0.1:{self.ports['amqp']}",
            f"management.tcp.port = {self.ports['http']}",
            "management.tcp.ip = 127.0.0.1",
            "management.rates_mode = none",
            "collect_statistics_interval = 500",
            "disk_free_limit.absolute = 10MB",
            "log.file.level = warning",
        ]
        if (self._folder / "ca.pem").exists():
            lines += [
                f"listeners.ssl.1 = 127.0.0.1:{self.ports['amqps']}",
                f"ssl_options.cacertfile = {self._folder / 'ca.pem'}",
                f"ssl_options.certfile = {self._folder / 'server.pem'}",
                f"ssl_options.keyfile = {self._folder / 'server.key'}",
                "ssl_options.verify = verify_peer",
                "ssl_options.fail_if_no_peer_cert = true",
            ]
        (self._folder / "rabbitmq.conf").write_text("\n".join(lines) + "\n")
        (self._folder / "advanced.config").write_text(_FRESH_FIGURES)
        (self._folder / "plugins").write_text("[rabbitmq_management].\n")

    def _spawn(self, *command: str) -> subprocess.Popen[bytes]:
        output = (self._folder / "output.log").open("ab")
        with output:
            return subprocess.Popen(
                command,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self.ports["epmd"]),
            "RABBITMQ_NODENAME": self._node,
            "RABBITMQ_DIST_PORT": str(self.ports["distribution"]),
            "RABBITMQ_CONFIG_FILE": str(self._folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self._folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
            "RABBITMQ_LOG_BASE": str(self._folder / "log"),
            "RABBITMQ_PID_FILE": str(self._folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
        }

    def _answers(self) -> bool:
        with suppress(OSError, ValueError), socket.create_connection(("127.0.0.1", self.ports["amqp"]), 1):
            url = f"http://127.0.0.1:{self.ports['http']}/api/aliveness-test/%2F"
            manager = urllib.request.HTTPPasswordMgrWithDefaultRealm()
            manager.add_password(None, url, "guest", "guest")
            opener = urllib.request.build_opener(
                urllib.request.ProxyHandler({}), urllib.request.HTTPBasicAuthHandler(manager)
            )
            with opener.open(url, timeout=5) as answer:
                return bool(json.load(answer) == {"status": "ok"})
        return False

    def _log(self) -> str:
        logs = [self._folder / "output.log", *sorted((self._folder / "log").glob("*.log"))]
        return "\n".join(path.read_text(errors="replace")[-2000:] for path in logs if path.exists())


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in sockets]
    for listener in sockets:
        listener.close()
    return ports


def _kill(process: subprocess.Popen[bytes] | None) -> None:
    """The process with all that it has started."""
    if process is None:
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def main(folder: Path) -> None:
    """Guard a broker until the input ends."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the end of the input is what counts
    broker = PrivateBroker(folder)
    try:
        broker.start()
        _say(broker)
        for line in sys.stdin:
            match line.split():
                case ["restart"]:
                    broker.kill()
                    broker.start()
                case ["ctl", *arguments]:
                    broker.ctl(*arguments)
            _say(broker)
    finally:
        broker.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _say(broker: PrivateBroker) -> None:
    with suppress(BrokenPipeError):
        print(json.dumps({name: broker.ports[name] for name in _LISTENERS}), flush=True)  # noqa: T201 - its protocol


if __name__ == "__main__":
    main(Path(sys.argv[1]))
