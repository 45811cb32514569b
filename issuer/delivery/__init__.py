"""What leaves the issuer by itself: mail, and what webhooks are told."""
