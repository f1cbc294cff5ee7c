"""Written plans for a dispute: what one advises, and what that is worth to every real party."""
