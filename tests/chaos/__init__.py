"""Everything breaks at once, for minutes; not part of the gate."""
