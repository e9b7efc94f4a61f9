"""A chat with a rulebook: lines that a person types, each answered at once.

`lines` reads a line, `chat` holds who is there and what has happened, `session` does what a line asks and can undo it,
`saving` turns a chat into a test and a test into a chat, `human` words the answers. No input and no output here.
"""
