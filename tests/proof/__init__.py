"""What takes real processes or a long search: kills, faults, load, odd input, small faults."""
