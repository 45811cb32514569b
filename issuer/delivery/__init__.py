"""What leaves the issuer by itself: mail."""
