"""What secrets look like: the detectors of detect-secrets that know a form, and forms that they do not know yet.

Its detectors by entropy and by key word are left out: on real changes they are wrong far more often than right. So are
the one for addresses on the internet, which are no secrets, and the one for passwords in addresses, which takes
`user:pass@host` for one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detect_secrets.plugins.artifactory import ArtifactoryDetector
from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.cloudant import CloudantDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.ibm_cloud_iam import IbmCloudIamDetector
from detect_secrets.plugins.ibm_cos_hmac import IbmCosHmacDetector
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.openai import OpenAIDetector
from detect_secrets.plugins.private_key import PrivateKeyDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.softlayer import SoftlayerDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

if TYPE_CHECKING:
    from collections.abc import Iterator

_DETECTORS = tuple(
    kind()
    for kind in (
        ArtifactoryDetector,
        AWSKeyDetector,
        AzureStorageKeyDetector,
        CloudantDetector,
        DiscordBotTokenDetector,
        GitHubTokenDetector,
        GitLabTokenDetector,
        IbmCloudIamDetector,
        IbmCosHmacDetector,
        JwtTokenDetector,
        MailchimpDetector,
        NpmDetector,
        OpenAIDetector,
        PrivateKeyDetector,
        PypiTokenDetector,
        SendGridDetector,
        SlackDetector,
        SoftlayerDetector,
        SquareOAuthDetector,
        StripeDetector,
        TelegramBotTokenDetector,
        TwilioKeyDetector,
    )
)

_FURTHER = {
    "GitHub fine-grained token": re.compile(r"\bgithub_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}\b"),
    "Anthropic API key": re.compile(r"\bsk-ant-[a-z0-9]+-[\w-]{40,}"),
    "OpenAI project key": re.compile(r"\bsk-(?:proj|svcacct|admin)-[\w-]{40,}"),
    "Google API key": re.compile(r"\bAIza[\w-]{35}(?![\w-])"),
    "Hugging Face token": re.compile(r"\bhf_[A-Za-z]{34}\b"),
    "DigitalOcean token": re.compile(r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    "Google OAuth client secret": re.compile(r"\bGOCSPX-[\w-]{28}(?![\w-])"),
    "password in an address": re.compile(
        r"://[^\s/?#:@]+:(?=[^\s/?#:@]*[0-9])(?=[^\s/?#:@]*[A-Za-z])(?!user|pass|secret|token|\w*\$|[^@]*[{}<>])"
        r"[^\s/?#:@]{8,}@(?!localhost|[^\s/]*\b(?:example|invalid|test|local|host)\b)[\w.-]+\.[a-z]{2,}",
        re.IGNORECASE,
    ),
    "GitHub App token": re.compile(r"\bghs_[A-Za-z0-9_.-]{36,}"),
}


def kinds_in(line: str) -> Iterator[str]:
    """The kinds of secret that a line seems to hold."""
    for detector in _DETECTORS:
        if any(detector.analyze_string(line)):
            yield detector.secret_type
    yield from (kind for kind, form in _FURTHER.items() if form.search(line))
