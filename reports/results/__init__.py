"""The public results: sealed periods as pages, files and a static tree."""
