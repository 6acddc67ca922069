"""Claude, through Anthropic's SDK.

Importing this package does not import the SDK, which takes more than a second: making a `ClaudeModel` does.
"""

from adapters.claude.model import DEFAULT_MODEL, ClaudeModel
from adapters.claude.prices import KNOWN_PRICES, known_price

__all__ = ["DEFAULT_MODEL", "KNOWN_PRICES", "ClaudeModel", "known_price"]
