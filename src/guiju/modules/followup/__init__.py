"""Answers that messages ask for: who is asked, until when, what became of it, and who learns that it is late.

It stands above messaging, and hears from the facts of messages and members who has replied, what was recalled and who left.
"""
