"""The queries: one room for each table or two, as ``issuer.store.ports`` promises them.

What a method does and raises is said there, once.
"""
