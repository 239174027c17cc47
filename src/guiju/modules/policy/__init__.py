"""The rule book: packs, their clauses and controls, and the one authorisation function.

Owns the pack in force and its history. Only this module makes a Permit or a Scope. It knows people and groups only
through the `Relations` that their owners implement; it deliberately knows nothing of what a control does.
"""
