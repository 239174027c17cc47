"""What the ledger refuses. Findings about bytes, not answers to a caller."""


class LedgerError(Exception):
    """The ledger, or something that claims to come from one, is not as it must be."""


class ProofError(LedgerError):
    """A Merkle proof does not prove what it claims."""


class CheckpointError(LedgerError):
    """A key, a signed note or a tree head is malformed, or no trusted key signed it."""


class LeafError(LedgerError):
    """A leaf is not in the one canonical form."""
