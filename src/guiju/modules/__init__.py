"""The business modules, one above the other; ARCHITECTURE.md has the order."""
