"""Linked data without loss: which contexts are known, and the canonical form that is signed."""

from verifier.jsonld.contexts import check_contexts
from verifier.jsonld.oracle import canonicalize

__all__ = ["canonicalize", "check_contexts"]
