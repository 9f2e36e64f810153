"""What the product is measured against: small servers that do less."""
