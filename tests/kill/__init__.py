"""Every use case, killed or cut off after each of its effects; not part of the gate."""
