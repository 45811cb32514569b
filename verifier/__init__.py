"""Verify micro-internship credentials and other Open Badges 3.0 credentials.

The whole verifier is one procedure, ``verifier.verify.verify``, described in
``docs/verification.md``; the other modules are its vocabulary. It runs where the issuer was
never installed.
"""
