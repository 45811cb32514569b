"""What a person carries away on paper or as a picture. Decides nothing about credentials."""
