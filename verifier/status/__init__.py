"""Status: whether an issuer has withdrawn or suspended what it signed.

``check`` reads every entry of a credential; the other modules each know one kind of list.
"""
