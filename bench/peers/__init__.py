"""Other messengers that do the same work beside the product: set up, started, loaded."""
