"""What decisions say to people: sentences for decisions, actions and notes, in any language with wordings.

`speech` has the words and knows nothing about the project; the rest reads only decisions.
"""
