"""The operator's console: pages below ``/console`` for people who run the issuer.

Every page is made here, without script. A page needs a session (a cookie that scripts cannot
read), a change needs a form that this session was given, and what is final needs a second
person (``issuer.approvals``). Pages show counts and names of things, not of people.

Leaves to others: every decision (the modules of ``issuer``).
"""
