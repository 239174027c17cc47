"""Finds what a text must not carry, and says what to do with it. The engine is pure; nothing is sent here.

Owns the rule set (terms, number kinds, organisation-made expressions), the folding behind it, the
conditions of rules, the masking of findings, and the dictionaries and exemptions of the
organisation's own, which it stores. Invariants: offsets are code points of the original text; the same text
under the same rule set version gives the same answer in every process and every thread; work grows
linearly with the length of the text, whatever the text and the rules are. The review queue, the
notices and the delivery belong to the modules that send texts.
"""
