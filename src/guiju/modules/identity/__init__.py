"""Accounts, credentials and sessions: who is signed in, and whether they may be.

Owns the account of each person and its states (requested, registered, activated, certified, suspended, closed), the
password and the sessions. A login and a person are used once: a closed account is never opened again. Suspending or
closing an account ends its sessions in the same transaction. A person is an opaque id here; names belong to `directory`.
"""
