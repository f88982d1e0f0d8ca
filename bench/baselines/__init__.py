"""What others would build, written afresh: an empty view, and the usual phone tree twice."""
