"""Takes every text out of a file: what is shown, what is hidden, what is attached.

Owns the readers of file formats and the process that they run in. Invariants: the type is what the
content says, never the name; a reader never returns less without a gap that says so; whatever a
file contains, the answer comes in bounded time and memory. What the texts mean is decided
elsewhere.
"""
