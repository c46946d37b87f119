"""What follows from dissatisfied ballots: cases, contacts, replies, directions, actions taken."""
