"""Keys and what they do: sealed fields, pairwise references, bearer secrets."""
