"""What a locustfile works with: options, connection, operations, and the user that it derives from."""
