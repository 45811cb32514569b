"""What people bring, turned into a document to judge: a link, text, a file, a picture.

Everything here is hostile until proved otherwise: kinds are told by content and never by a
name, limits come before work, and pictures are decoded in a child process with limits of
its own. Nothing here decides whether a credential is genuine.

Leaves to others: the judgement (``verifier.judgement``), the network (``verifier.fetch``).
"""
