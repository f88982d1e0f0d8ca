"""Speech: which recording speaks which words, and how recordings are made, measured and heard."""
