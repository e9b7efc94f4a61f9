"""Past one machine: what an engine of streams needs to decide as this one does.

Communities never read each other, so the unit of spreading is the community. `Step` is the contract.
"""

from groundrules.cluster.step import Step, Stepped

__all__ = ["Step", "Stepped"]
