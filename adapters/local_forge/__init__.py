"""A forge in a folder: the second `Forge`, which a person can read and edit with any editor.

    ROOT/forge.toml                        the agent's login, and who may do what in every repository
    ROOT/OWNER/NAME.git                    the bare repository
    ROOT/OWNER/NAME/repository.toml        its id, and who may do what in this one
    ROOT/OWNER/NAME/issues/12.md           an issue
    ROOT/OWNER/NAME/issues/12/0001-sam.md  the first comment on it; the number before the dash is the comment's id
    ROOT/OWNER/NAME/pulls/13.md            a pull request; its comments lie in pulls/13/

Issues and pull requests of a repository share one sequence of numbers. Each file is TOML between two lines `+++`,
then the text in Markdown. What a person adds (keys, comments) survives the agent's changes; what cannot be read is
reported by file and line, and left as it is.

Changes are made under a lock per repository, each to one file, which is replaced in a single step: a reader never
sees half a file, and a process killed at any moment leaves nothing that the next one has to mend.
docs/LOCAL_FORGE.md is the same, for the person with the editor.
"""
