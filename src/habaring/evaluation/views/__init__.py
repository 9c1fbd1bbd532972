"""Pages of evaluation: the region's, the assessor's, the ministry's, everybody's."""
