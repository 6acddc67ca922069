"""Secrets that open nothing, one of each kind, in the forms in which their issuers hand them out.

Each is put together from parts, so that no scanner takes this file itself for a leak.
"""

from __future__ import annotations

_LETTERS = "Ab3dE5fGh1jKlMn0pQrStUvWxYz2468aBcDeFgHiJkLmNoPqRsTuVwXyZ97531"
_HEX = "0123456789abcdef" * 4

PLANTED = {
    "GitHub token": "gh" + "p_" + _LETTERS[:36],
    "GitHub App token": "gh" + "s_" + _LETTERS[:36],
    "GitHub fine-grained token": "github" + "_pat_" + _LETTERS[:22] + "_" + (_LETTERS * 2)[3:62],
    "GitLab token": "gl" + "pat-" + _LETTERS[:20],
    "AWS key id": "AK" + "IA" + "Q3EGUZ7WXRTYPLKM",
    "Slack token": "xo" + "xb-" + "123456789012-" + "123456789012-" + _LETTERS[:24],
    "Stripe key": "sk" + "_live_" + _LETTERS[:24],
    "OpenAI project key": "sk" + "-proj-" + _LETTERS[:48],
    "Anthropic API key": "sk" + "-ant-" + "api03-" + (_LETTERS * 2)[:93],
    "Google API key": "AI" + "za" + _LETTERS[:35],
    "Hugging Face token": "h" + "f_" + "abcdefghijklmnopqrstuvwxyzABCDEFGH",
    "npm token": "//registry.npmjs.org/:_authToken=" + "npm" + "_" + _LETTERS[:36],
    "PyPI token": "py" + "pi-AgEIcHlwaS5vcmc" + _LETTERS + _LETTERS[:20],
    "SendGrid key": "SG" + "." + _LETTERS[:22] + "." + _LETTERS[:43],
    "private key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "JSON web token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0"
    "."
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
    "Twilio key": "S" + "K" + _HEX[:32],
    "DigitalOcean token": "do" + "p_v1_" + _HEX,
    "password in an address": "https://deploy:" + "n7Qx2-Vd90kLw" + "@git.acme-shop.org/app.git",
}
