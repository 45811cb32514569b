"""Verify micro-internship credentials and other Open Badges 3.0 credentials."""
