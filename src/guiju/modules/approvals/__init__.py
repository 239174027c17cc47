"""Requests that people decide, step by step, and nothing of what is decided about.

Owns requests, their steps and seats. The state of a request is folded from its facts: opened, a
step started, a seat decided, seats added, closed. Invariants: a request closes once; nobody decides
their own; a seat gives one verdict; the kind's callback runs in the transaction that closed the
request. Deliberately not here: what a kind means, who may ask for it, and the delivery of news
about a request.

Decided explicitly: a person who sits in several steps is asked in each of them; the applicant may
withdraw as long as the request waits; who cannot use their account is not seated; with all-of, one
refusal ends the request, and a person added by escalation is one more who must agree.

A head's seat is decided by the head, or by who stands in for them on that day; the fact has the seat and the actor. Seats
that a role, a post or a name brings have no deputy, for whoever gives roles would lose the say in who holds them. A deputy
who has a seat of their own in a step decides in that alone, and nobody gives two verdicts in a step.
"""
