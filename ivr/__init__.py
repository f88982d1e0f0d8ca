"""A telephone advice line that anyone can use."""
