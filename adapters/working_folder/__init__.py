"""A folder on disk whose files a person works on."""
