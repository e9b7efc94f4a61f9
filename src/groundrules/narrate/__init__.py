"""What a decision says to people, in English or Chinese: sentences for decisions, actions and notes.

It reads decisions and nothing else. `localised` chooses among languages for everybody who talks to people.
"""

from groundrules.narrate.decision import narrate
from groundrules.narrate.deeds import Lengths, Titles, deed
from groundrules.narrate.localised import aside, language_of, pick, value_text
from groundrules.narrate.notes import noted

__all__ = ["Lengths", "Titles", "aside", "deed", "language_of", "narrate", "noted", "pick", "value_text"]
