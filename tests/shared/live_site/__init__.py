"""A site with two live lines and a few plain pages, served as `up` serves."""
