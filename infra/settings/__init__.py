"""The settings: one typed object, read once at start from the environment and an optional TOML file.

The environment wins over the file. A secret may also be given as `NAME_FILE`, the path of a file that holds it.
"""

from infra.settings.fields import ModelPrice, Settings, overridden
from infra.settings.loading import CONFIG_VARIABLE, load

__all__ = ["CONFIG_VARIABLE", "ModelPrice", "Settings", "load", "overridden"]
