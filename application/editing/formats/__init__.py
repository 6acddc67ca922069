"""One parser a format: lines of an answer in, edits and what is wrong with them out. None does any I/O."""
