"""What decisions say to people: sentences for decisions, actions and notes, in any language there are words for.

`speech` holds the words and knows nothing of the house; the rest reads decisions and nothing else.
"""
