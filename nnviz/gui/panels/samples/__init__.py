"""Samples in a table: z, a and answers of each, and pictures of them."""
