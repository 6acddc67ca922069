"""What the application needs from outside: one short Protocol a file."""
