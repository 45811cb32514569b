"""Linked data without loss: which contexts are known, and the canonical form that is signed."""

from verifier.jsonld.contexts import check_contexts
from verifier.jsonld.oracle import HashName, canonicalize

__all__ = ["HashName", "canonicalize", "check_contexts"]
