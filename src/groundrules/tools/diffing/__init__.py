"""What changed in meaning between two plans, however the text changed.

`compare` pairs the blocks of two plans and gives a `Diff`; `guards` says whether a guard became wider or narrower, and
which numbers in it moved; `carried` what a live swap would keep; `render` is what people read.
"""
