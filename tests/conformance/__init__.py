"""What the language means, as data; see tests/README.md."""
