"""What `foretype setup` hands out: for each editor the files that make it start the server."""
