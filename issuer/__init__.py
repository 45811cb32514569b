"""Issue micro-internship credentials."""
