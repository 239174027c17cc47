"""One dated line of schema changes for both databases."""
