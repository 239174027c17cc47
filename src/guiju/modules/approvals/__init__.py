"""Requests that people decide, step by step, and nothing of what is decided about.

Owns requests, their steps and seats. The state of a request is folded from its facts: opened, a
step started, a seat decided, seats added, closed. Invariants: a request closes once; nobody decides
their own; a seat gives one verdict; the kind's callback runs in the transaction that closed the
request. Deliberately not here: what a kind means, who may ask for it, and the delivery of news
about a request.

Decided explicitly: a person who sits in several steps is asked in each of them; the applicant may
withdraw as long as the request waits; who cannot use their account is not seated; with all-of, one
refusal ends the request, and a person added by escalation is one more who must agree.
"""
