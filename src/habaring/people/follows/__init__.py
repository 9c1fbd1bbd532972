"""Who wants to hear of a region, and how they are told."""
