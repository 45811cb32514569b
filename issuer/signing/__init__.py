"""Signing keys: who holds them, and the one operation that needs them.

A key lives behind a ``Signer`` and never comes out of it; which kind of place it lives in is
told by the scheme of its URI.
"""
