"""Messages in groups: sending through the gate, history, unread counts, and the review of held messages.

Invariants: nobody but the sender and the reviewers sees a held message; a (person, cmid) pair is one message for as long
as its entry exists; text lives only sealed beside its leaf. What inspection looks for belongs to `inspection`.
"""
