"""Bots of groups, and webhooks: what other systems say here, and what they are told.

A bot belongs to one group and to a person who answers for it. It writes through the gate of messages like everybody
else, and does nothing besides. A webhook tells an address outside of facts by their metadata, at least once and in their
order; no text of a message ever leaves by it. Keys and secrets are local: no fact and no log has them.
"""
