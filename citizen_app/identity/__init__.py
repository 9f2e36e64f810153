"""Who somebody is: documents that prove it, and the registers that are asked."""
