"""Trust: who vouches for an issuer. A statement of its own, never part of an outcome."""
