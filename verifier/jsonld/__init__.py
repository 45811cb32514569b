"""Linked data without loss: which contexts are known, and the canonical form that is signed."""

from verifier.jsonld.budget import one_budget
from verifier.jsonld.contexts import check_contexts
from verifier.jsonld.oracle import HashName, build_statements, canonicalize

__all__ = ["HashName", "build_statements", "canonicalize", "check_contexts", "one_budget"]
