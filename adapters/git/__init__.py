"""Version control with pygit2: a bare, temporary repository for each workspace, and never a working tree."""
