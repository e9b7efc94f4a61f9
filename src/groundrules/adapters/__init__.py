"""One platform a file: its raw events as events of std/chat, and decided actions as its calls.

An adapter is pure: `events(raw)` and `calls(action)` take and return plain data, and whoever runs the bot does the I/O.
`SUPPLIES` says, per event type, which fields it fills in, so that `groundrules lint --adapter NAME` finds rules that
read a fact which never comes. What a platform does not tell (when an account was made, a member's birthday) a bot may
add to the events itself, or say once in a `roster` event.
"""
