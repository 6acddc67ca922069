"""The hostile cases, each through the real parts that it is aimed at."""
