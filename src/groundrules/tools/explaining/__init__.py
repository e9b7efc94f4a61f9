"""Why something happened, and why something did not.

`witness` replays events on the reference interpreter and notes what every rule saw when it was asked; `tree` turns a
guard into a tree of conditions with their values; `rules` puts together what is to be said of one rule, `events` of one
event; `solving` proposes changes that would have made a rule fire and `trials` decides again with each of them.
Everything here returns data (`model`, `changes`); `human` writes it as text, in Chinese or English.
"""
