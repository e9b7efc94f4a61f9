"""What people look at: columns of a terminal, styled lines, and the one place that makes foreign text safe to show.

A leaf: it knows nothing of rulebooks, and everything that shows something may use it.
"""
