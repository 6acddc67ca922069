"""How the parts are made that guard what is done and published."""
# ruff: noqa: PLC0415 - as in `infra.builders`

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.secret import Secret

if TYPE_CHECKING:
    from application.ports.audit_log import AuditLog
    from application.ports.forge import Forge
    from application.ports.secret_scanner import SecretScanner
    from application.ports.vcs import Vcs
    from infra.settings import Settings


def audit_log(settings: Settings) -> AuditLog:
    """The process's log, and a file where one is set."""
    from infra.audit_trail import AuditTrail

    if settings.audit_log_path is None:
        return AuditTrail()
    from adapters.audit_file.log import AuditFile

    return AuditTrail(AuditFile(settings.audit_log_path))


def secret_scanner(settings: Settings) -> SecretScanner:
    """By rule, and for the secrets that these settings hold."""
    from adapters.secret_scan.scanner import SecretScan

    values = (getattr(settings, name) for name in settings.__struct_fields__)
    return SecretScan(value for value in values if isinstance(value, Secret))


def publishing_forge(forge: Forge, scanner: SecretScanner) -> Forge:
    """The forge, for whoever writes there what others have written."""
    from application.secret_gate import scanned_forge

    return scanned_forge(forge, scanner)


def publishing_vcs(vcs: Vcs, scanner: SecretScanner) -> Vcs:
    """Version control, for whoever pushes what others have written."""
    from application.secret_gate import ScannedVcs

    return ScannedVcs(vcs, scanner)
