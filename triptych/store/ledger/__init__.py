"""Every run and its money, from the promise to the books."""
