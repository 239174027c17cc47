"""Notices that named people must acknowledge: who was asked, who has, who has not, and who was late.

Owns notices, their versions and their recipients. Invariants: who is asked is settled when a notice is published; an
acknowledgement is of one version, and a version that is not editorial asks everybody again; with questions, only who
has passed them has acknowledged. Deliberately not here: announcements in groups, and the approval of publications.
"""
