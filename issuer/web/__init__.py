"""The issuer over HTTP: an API for platforms and schools, public files, share pages.

Every request that signs, revokes or reads a tenant's things carries an API key; what is
public (status lists, DID documents, contexts, schemas, share links) needs none. No cookies,
no sessions. Leaves to others: every decision about records, credentials and keys (the rest
of ``issuer``), words and looks (``verifier.presentation``).
"""
