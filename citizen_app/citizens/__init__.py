"""Identity: accounts, real-name levels, sign-in, and the pairwise references by which services know a
citizen."""
