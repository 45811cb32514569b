"""The verifier over HTTP: pages for people, ``/check`` for both, ``/credentials/verify`` (VC-API).

No cookies, no sessions, nothing stored: every request is judged from scratch and forgotten.
Leaves to others: the judgement (``verifier.judgement``), what people bring
(``verifier.intake``), words (``verifier.presentation``).
"""
