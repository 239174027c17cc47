"""Work groups: application, registration, the register, members, rules, closing.

Invariants: a group exists only through an approved application; it has exactly one owner; nobody becomes a member
without a decision. What is said in a group belongs to `messaging`.
"""
