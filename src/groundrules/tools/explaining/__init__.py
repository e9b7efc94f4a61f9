"""Why something happened, and why something did not.

`witness` replays events on the reference interpreter and notes what every rule saw when it was asked; `tree` turns a
guard into a tree of conditions with their values; `rules` puts together what there is to say about one rule, `events`
about one event; `counterfactual.solving` proposes changes that would have made a rule fire, and `counterfactual.trials`
decides again with each of them. Everything here returns data (`model`); `human` writes it as text, in Chinese or
English.
"""
