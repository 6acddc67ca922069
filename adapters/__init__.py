"""Technologies behind the ports: one folder each, none knows another."""
