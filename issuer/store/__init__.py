"""What the issuer remembers: tables, Protocols, and one SQL implementation for two databases.

``ports`` says what the rest of the issuer may ask for, ``rows`` what it gets, ``sql`` does it
on SQLite and PostgreSQL alike, ``migrate`` brings a database up to this release.
"""
