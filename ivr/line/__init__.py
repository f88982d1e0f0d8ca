"""What a line is: call state and events, nodes, hours, ring groups, deadlines, numbers, wording.

Owns the vocabulary and the rules that every other package uses. Pure: no clock, no file, no
network.
"""
