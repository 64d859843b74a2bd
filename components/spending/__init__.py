"""What the Spending page is made of."""
