"""What people look at: columns of a terminal, styled lines, and the one place that makes foreign text safe to show.

A leaf: it knows nothing about rulebooks, and everything that displays something may use it.
"""
